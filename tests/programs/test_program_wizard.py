"""The wizard: every step saves, objections stand at their fields, and nothing is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from common import clock
from programs.domain import programs as domain
from programs.models import Program, Topic
from tests.factories import GradeFactory, ProgramFactory, TopicFactory, UserFactory
from tests.programs import factories as make
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db


def url_of(program: Program, step: str) -> str:
    """The address of a step."""
    return reverse("programs:program_wizard", args=[program.public_id, step])


def dates(**changes: Any) -> dict[str, Any]:
    """Valid dates of a program."""
    today = clock.today(make.ZONE)
    return {
        "time_zone": make.ZONE,
        "enrolment_deadline": today + timedelta(days=10),
        "starts_on": today + timedelta(days=20),
        "ends_on": today + timedelta(days=200),
        "planned_sessions": 6,
        "interval_weeks": 4,
        "session_minutes": 45,
        "driver": "mentee",
    } | changes


def valid(program: Program, step: str) -> dict[str, Any]:
    """What a step takes."""
    return {
        "purpose": {
            "name": "New name",
            "purpose": "Why",
            "mentor_label": "guide",
            "mentors_label": "guides",
            "mentee_label": "learner",
            "mentees_label": "learners",
            "topics": [topic.pk for topic in program.topics.all()],
            "sponsor": "",
        },
        "dates": dates(),
        "who": {"mentor_max_grade": "", "mentee_min_grade": "", "open_call": "on"},
        "rules": {"grade_gap": 1, "min_overlap_minutes": 90, "require_common_language": "on"},
        "agreement": {"agreement_text": "Ours"},
        "surveys": {"anonymity_k": 7},
        "reminders": {"reminder_hours": [24, 1], "question_days": 5},
    }[step]


@pytest.mark.broad
@pytest.mark.parametrize("step", domain.STEP_FIELDS)
def test_step_saves_and_leads_to_the_next(step: str, as_user: AsUser) -> None:
    program, client = make.draft(), as_user(make.hr())
    assert client.get(url_of(program, step)).status_code == 200
    response = client.post(url_of(program, step), valid(program, step))
    following = domain.STEPS[domain.STEPS.index(step) + 1]
    assert (response.status_code, response.headers["Location"]) == (303, url_of(program, following))
    saved = Program.objects.get()
    assert step in saved.wizard_done
    again = client.get(url_of(program, step))
    assert (
        again.context["form"].initial.items()
        >= {
            name: getattr(saved, name) for name in domain.STEP_FIELDS[step] if name != "sponsor"
        }.items()
    )


def test_whole_wizard_of_a_blank_program_makes_it_ready(as_user: AsUser) -> None:
    program = ProgramFactory(
        state="draft",
        starts_on=None,
        ends_on=None,
        enrolment_deadline=None,
        topics=[TopicFactory()],
    )
    client = as_user(make.hr())
    for step in domain.STEP_FIELDS:
        assert client.post(url_of(program, step), valid(program, step)).status_code == 303
    assert client.get(url_of(program, "review")).context["ready"] is True


def test_new_program_is_offered_dates_that_are_valid(as_user: AsUser) -> None:
    program = ProgramFactory(state="draft", starts_on=None, ends_on=None, enrolment_deadline=None)
    form = as_user(make.hr()).get(url_of(program, "dates")).context["form"]
    proposed = {name: form[name].value() for name in form.fields}
    assert proposed["starts_on"].weekday() == 0
    assert as_user(make.hr()).post(url_of(program, "dates"), proposed).status_code == 303


@pytest.mark.parametrize(
    ("step", "change", "field"),
    [
        ("purpose", {"name": ""}, "name"),
        ("purpose", {"topics": []}, "topics"),
        ("purpose", {"sponsor": "nobody@example.com"}, "sponsor"),
        ("dates", {"time_zone": "Mars/Olympus"}, "time_zone"),
        ("dates", {"starts_on": "31.02.2027"}, "starts_on"),
        ("dates", {"planned_sessions": 0}, "planned_sessions"),
        ("dates", {"planned_sessions": 40}, "planned_sessions"),
        ("dates", {"session_minutes": 5}, "session_minutes"),
        ("rules", {"grade_gap": 0}, "grade_gap"),
        ("rules", {"min_overlap_minutes": -1}, "min_overlap_minutes"),
        ("agreement", {"agreement_text": ""}, "agreement_text"),
        ("surveys", {"anonymity_k": 4}, "anonymity_k"),
        ("reminders", {"reminder_hours": [168, 72, 48, 24]}, "reminder_hours"),
        ("reminders", {"reminder_hours": [99]}, "reminder_hours"),
        ("reminders", {"question_days": 15}, "question_days"),
        ("reminders", {"question_days": ""}, "question_days"),
    ],
)
def test_objection_stands_at_its_field(
    step: str, change: dict[str, Any], field: str, as_user: AsUser
) -> None:
    program = make.draft()
    before = Program.objects.values().get()
    response = as_user(make.hr()).post(url_of(program, step), {**valid(program, step), **change})
    assert response.status_code == 422 and list(response.context["form"].errors) == [field]
    assert "<title>Error:" in response.text.replace("\n", "")
    assert Program.objects.values().get() == before


@pytest.mark.parametrize(
    ("field", "days"),
    [("ends_on", 15), ("ends_on", 20), ("enrolment_deadline", 21), ("enrolment_deadline", -1)],
)
def test_days_must_come_in_their_order(field: str, days: int, as_user: AsUser) -> None:
    program = make.draft()
    day = clock.today(make.ZONE) + timedelta(days=days)
    response = as_user(make.hr()).post(url_of(program, "dates"), dates(**{field: day}))
    assert response.status_code == 422 and field in response.context["form"].errors


def test_those_who_learn_must_be_senior_to_those_who_teach(as_user: AsUser) -> None:
    grade = GradeFactory(rank=3)
    response = as_user(make.hr()).post(
        url_of(make.draft(), "who"), {"mentor_max_grade": grade.pk, "mentee_min_grade": grade.pk}
    )
    assert response.status_code == 422 and "mentee_min_grade" in response.context["form"].errors


def test_a_gap_that_nobody_could_have_is_refused(as_user: AsUser) -> None:
    UserFactory(grade=GradeFactory(rank=1))
    UserFactory(grade=GradeFactory(rank=4))
    client, program = as_user(make.hr()), make.draft()
    for gap, status in ((3, 303), (4, 422)):
        data = {**valid(program, "rules"), "grade_gap": gap}
        assert client.post(url_of(program, "rules"), data).status_code == status


def test_own_topic_is_added_and_the_sponsor_named(as_user: AsUser) -> None:
    program, sponsor = make.draft(), UserFactory(email="boss@example.com")
    extra = {
        "new_topic": "Podcasts",
        "new_category": "Audio",
        "another": "1",
        "sponsor": "Boss@example.com",
    }
    response = as_user(make.hr()).post(
        url_of(program, "purpose"), {**valid(program, "purpose"), **extra}
    )
    assert response.headers["Location"] == url_of(program, "purpose")  # one more
    saved = Program.objects.get()
    assert saved.sponsor == sponsor and Topic.objects.get(name="Podcasts") in saved.topics.all()


def test_a_locked_k_is_shown_and_cannot_be_sent(as_user: AsUser) -> None:
    program = make.draft(anonymity_k=6)
    domain.lock_k(actor=None, program=program)
    client = as_user(make.hr())
    assert "has promised this number" in client.get(url_of(program, "surveys")).text
    assert client.post(url_of(program, "surveys"), {"anonymity_k": 9}).status_code == 303
    assert Program.objects.get().anonymity_k == 6


def test_terms_of_a_running_program_are_refused_with_the_text_kept(as_user: AsUser) -> None:
    program = ProgramFactory(state="running")
    response = as_user(make.hr()).post(
        url_of(program, "agreement"), {"agreement_text": "Something else"}
    )
    assert response.status_code == 422
    assert "stay as they are" in response.text and "Something else" in response.text


@pytest.mark.parametrize("step", ["nonsense", "staff"])
def test_unknown_step_is_not_found(step: str, as_user: AsUser) -> None:
    assert as_user(make.hr()).get(url_of(make.draft(), step)).status_code == 404


def test_review_leads_to_what_is_missing(as_user: AsUser) -> None:
    program = make.draft(purpose="", wizard_done=[])
    response = as_user(make.hr()).get(url_of(program, "review"))
    assert response.context["ready"] is False
    assert url_of(program, "who") in response.text and "Open enrolment" not in response.text


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"ends_on": timedelta(days=5020)}, "ends_on", "5000 days"),
        ({"starts_on": timedelta(days=900), "ends_on": timedelta(days=1100)}, "starts_on", "years"),
    ],
)
def test_dates_beyond_reason_are_questioned_once(
    as_user: AsUser, changes: dict[str, timedelta], field: str, words: str
) -> None:
    program, client = make.draft(), as_user(make.hr())
    today = clock.today(make.ZONE)
    sent = dates(**{name: today + days for name, days in changes.items()})
    url = url_of(program, "dates")

    answer = client.post(url, sent)
    form = answer.context["form"]
    assert answer.status_code == 422
    assert words in form.errors[field][0]

    tick = form["sure"].field.widget.meant
    assert f'value="{tick}"' in answer.content.decode()
    assert client.post(url, sent | {"sure": tick}).status_code == 303
    assert Program.objects.get().ends_on == sent["ends_on"]


def test_a_tick_is_for_the_values_that_were_questioned(as_user: AsUser) -> None:
    program, client = make.draft(), as_user(make.hr())
    url, today = url_of(program, "dates"), clock.today(make.ZONE)
    first = dates(ends_on=today + timedelta(days=2000))
    tick = client.post(url, first).context["form"]["sure"].field.widget.meant
    other = dates(ends_on=today + timedelta(days=20000), sure=tick)
    assert client.post(url, other).status_code == 422


def test_step_about_dates_shows_their_plan(as_user: AsUser) -> None:
    answer = as_user(make.hr()).get(url_of(make.draft(), "dates"))
    assert "sessions in" in answer.context["plan"].title
    assert answer.context["plan"].title in answer.content.decode()


@pytest.mark.parametrize("role", ["coordinator", "safe_contact"])
def test_hr_names_themselves_from_the_review(as_user: AsUser, role: str) -> None:
    program, hr = make.draft(), make.hr()
    client = as_user(hr)
    page = client.get(url_of(program, "review")).content.decode()
    assert f'name="role" value="{role}"' in page
    url = reverse("programs:program_staff", args=[program.public_id])
    client.post(url, {"person": hr.email, "role": role})
    assert program.staff.get().person == hr
