"""Every form notices what others changed meanwhile, or says why it need not."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.urls import reverse

from accounts.domain import people
from common.changes import NoticesChanges
from common.lists import ListForm
from feedback.models import SurveyPlanItem
from programs.models import Program
from tests.factories import GradeFactory, ProgramFactory, UserFactory
from tests.meetings.test_log_wrong_turns import fields
from tests.support.forms import all_forms
from tests.support.pages import url_of, words_of
from tests.support.types import AsUser

NEW = "makes something new"
ASKS = "asks, picks or confirms; shows nothing stored"
FILTER = "a list's filter"
REASONS = {
    "accounts.forms.calendar.AbsenceForm": NEW,
    "accounts.forms.calendar.OwnCalendarForm": NEW,
    "accounts.forms.people.BlockForm": NEW,
    "accounts.forms.people.GradeForm": NEW,
    "accounts.forms.people.HRAdminForm": ASKS,
    "accounts.forms.people.PeopleFilter": FILTER,
    "accounts.forms.people.PersonForm": NEW,
    "accounts.forms.profile.DelegateForm": NEW,
    "common.forms.AsksBack": "what other forms add to theirs",
    "concerns.forms.author.CodeForm": ASKS,
    "concerns.forms.author.WriteForm": NEW,
    "concerns.forms.author.WriteMoreForm": NEW,
    "concerns.forms.company.ContactForm": NEW,
    "concerns.forms.contact.AnswerForm": NEW,
    "concerns.forms.contact.NoteForm": NEW,
    "feedback.forms.QuestionForm": "part of SurveyPlanItemForm, which compares all questions",
    "goals.forms.CheckInForm": NEW,
    "goals.forms.CloseForm": ASKS,
    "goals.forms.StepForm": "part of GoalForm, which compares all steps",
    "goals.forms.WantForm": NEW,
    "matching.forms.actions.ChangeForm": "names the pair that was shown; the domain checks it",
    "matching.forms.actions.OfferForm": NEW,
    "matching.forms.actions.RuleForm": ASKS,
    "matching.forms.by_name.NamedRuleForm": NEW,
    "matching.forms.actions.UndoForm": ASKS,
    "matching.forms.lists.CompareForm": FILTER,
    "matching.views.publish.PublishForm": ASKS,
    "meetings.forms.logs.LogForm": "facts of both: the last writer counts, the history is kept",
    "meetings.forms.pairs.EndForm": ASKS,
    "mentoring.messages.forms.MessageFilterForm": FILTER,
    "mentoring.messages.forms.WebhookForm": NEW,
    "mentoring.needs.forms.PersonalMailForm": NEW,
    "mentoring.people_import.forms.ApplyForm": ASKS,
    "mentoring.people_import.forms.ColumnsForm": "the preview that follows shows what was chosen",
    "mentoring.people_import.forms.DateOrderForm": ASKS,
    "mentoring.people_import.forms.UploadForm": NEW,
    "mentoring.views.closing.CloseForm": ASKS,
    "mentoring.views.program_new.NewProgramForm": NEW,
    "mentoring.views.stopping.CancelForm": ASKS,
    "notifications.forms.InboxFilterForm": FILTER,
    "pairings.forms.agreements.AgreementForm": "builds on a numbered version, and shows both",
    "programs.forms.invite.InviteListForm": NEW,
    "programs.forms.invite.InvitePersonForm": NEW,
    "programs.forms.self_assessment.SelfAssessmentForm": "one's own; both times stand beside",
    "programs.forms.lists.BulkForm": ASKS,
    "programs.forms.lists.EarlyForm": ASKS,
    "programs.forms.lists.StaffForm": NEW,
}
SIGN_IN = ("accounts.forms.sign_in", "accounts.forms.second_factor")
ENROLMENT = ("programs.forms.enrol", "programs.forms.time")  # one's own, saved while one types


def name_of(form: type[forms.BaseForm]) -> str:
    return f"{form.__module__}.{form.__qualname__}"


def test_every_form_notices_changes_or_says_why_not() -> None:
    without = []
    for form in all_forms():
        if issubclass(form, (NoticesChanges, ListForm)) or form.__module__ in SIGN_IN + ENROLMENT:
            continue
        without.append(name_of(form))
    assert sorted(set(without) - set(REASONS)) == []
    assert sorted(set(REASONS) - set(without)) == []


def typed(page: Any, **values: Any) -> QueryDict:
    """What a browser sends of a page after its reader typed `values`."""
    data = QueryDict(mutable=True)
    for name, value in (fields(page) | values).items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


@pytest.mark.django_db
def test_two_who_edit_a_program_see_each_others_words(as_user: AsUser) -> None:
    program: Program = ProgramFactory(state="draft")
    url = reverse("programs:program_wizard", args=[program.public_id, "agreement"])
    first, second = (as_user(UserFactory(is_hr_admin=True)) for _number in range(2))
    opened = second.get(url)
    assert first.post(url, typed(first.get(url), agreement_text="Of the first")).status_code == 303
    answer = second.post(url, typed(opened, agreement_text="Of the second"))
    assert answer.status_code == 422
    assert "Saved now: “Of the first”" in words_of(answer)
    assert fields(answer)["agreement_text"] == "Of the second"
    program.refresh_from_db()
    assert program.agreement_text == "Of the first"
    assert second.post(url, typed(answer)).status_code == 303
    program.refresh_from_db()
    assert program.agreement_text == "Of the second"


@pytest.mark.django_db
def test_hr_who_edits_a_person_keeps_what_another_set_meanwhile(as_user: AsUser) -> None:
    admin, person = UserFactory(is_hr_admin=True), UserFactory(employee_id="17")
    client, url = as_user(admin), url_of("accounts:person_edit", person)
    opened = client.get(url)
    people.edit_by_hr(actor=admin, person=person, employee_id="18", grade=None, email=person.email)
    answer = client.post(url, typed(opened))
    assert "It is what you see here now" in words_of(answer)
    assert fields(answer)["employee_id"] == "18"


@pytest.mark.django_db
def test_questions_of_a_survey_that_were_changed_meanwhile_are_shown(as_user: AsUser) -> None:
    program = ProgramFactory()
    client = as_user(UserFactory(is_hr_admin=True))
    item = SurveyPlanItem.objects.create(
        program=program, position=1, title="Midway", kind="pulse", first_day=30, open_days=7
    )
    question = item.questions.create(position=1, text="How is it?", kind="text")
    url = url_of("feedback:plan_item_edit", item)
    opened = client.get(url)
    question.text = "How do you meet?"
    question.save()
    answer = client.post(url, typed(opened))
    assert "Questions: this was changed" in words_of(answer)
    assert "How do you meet?" in words_of(answer)


@pytest.mark.django_db
def test_a_grade_renamed_meanwhile_is_named(as_user: AsUser) -> None:
    grade = GradeFactory(name="Senior")
    client, url = as_user(UserFactory(is_hr_admin=True)), reverse("accounts:grades")
    data = {"grade": grade.pk, "was": "Principal", "name": "Lead", "action": "rename"}
    answer = client.post(url, data)
    assert answer.status_code == 422
    assert "to “Senior”" in words_of(answer)
