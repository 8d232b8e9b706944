"""Writing about an entry of the queue: a draft, a preview, one mail per person, once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import User
from common.models import AuditEntry
from mentoring.needs.drafts import DRAFTS
from mentoring.needs.kinds import KINDS
from mentoring.needs.past_mails import KIND
from mentoring.needs.queue import needs_of
from notifications.delivery import sender
from notifications.models import OutboxMessage
from notifications.preferences import suppression
from pairings.models import Pairing
from tests.factories import EnrolmentFactory, ProgramFactory, UserFactory
from tests.mentoring.needs_data import DAY, MONDAY, entries, form_of, paused, personal_mails, url_of
from tests.support.types import AsUser, At

pytestmark = pytest.mark.django_db


def test_every_kind_of_entry_has_a_first_draft() -> None:
    assert set(DRAFTS) == {kind.key for kind in KINDS}


@pytest.mark.broad
def test_each_entry_leads_to_its_draft_that_can_be_sent_unchanged(
    pair: Pairing, coordinator: Any, at: At, mailoutbox: list[Any]
) -> None:
    entries(pair, at)
    needs = needs_of(pair.program)
    assert {need.kind for need in needs} >= set(DRAFTS) - {"unanswered"}
    queue = coordinator.get(
        reverse("mentoring:needs_you", args=[pair.program.public_id])
    ).content.decode()
    for need in needs:
        url = reverse(
            "mentoring:need_write", args=[pair.program.public_id, need.kind, need.about_id]
        )
        assert url in queue
        OutboxMessage.objects.all().delete()
        assert coordinator.post(url, form_of(coordinator, url)).status_code == 303, need.kind
        assert personal_mails().count() == len(need.people), need.kind
        mailoutbox.clear()
        assert sender.send_due() == {"sent": len(need.people)}
        for mail in mailoutbox:
            assert len(mail.to) == 1
            assert mail.reply_to == ["cora@example.com"]
            assert "Cora Brandt wrote this to you" in mail.body
            assert "List-Unsubscribe" not in mail.extra_headers
            [link] = [
                line
                for line in mail.body.splitlines()
                if "/me/messages/" not in line and line.count("/") > 3
            ]
            reader = User.objects.get(email=mail.to[0])
            coordinator.force_login(
                reader, backend="allauth.account.auth_backends.AuthenticationBackend"
            )
            assert coordinator.get("/" + link.split("/", 3)[3]).status_code == 200, (
                need.kind,
                link,
            )
        cora = User.objects.get(name="Cora Brandt")
        coordinator.force_login(cora, backend="allauth.account.auth_backends.AuthenticationBackend")


@pytest.mark.broad
def test_invitation_without_an_answer(as_user: AsUser, at: At, mailoutbox: list[Any]) -> None:
    at(MONDAY)
    program = ProgramFactory(
        state="enrolling",
        enrolment_deadline=(MONDAY + 20 * DAY).date(),
        starts_on=(MONDAY + 30 * DAY).date(),
    )
    row = EnrolmentFactory(program=program, state="invited", nudges=2, nudged_at=MONDAY - 4 * DAY)
    client = as_user(UserFactory(is_hr_admin=True))
    url = url_of(program)
    assert "You can enrol until" in client.get(url).context["form"]["text"].value()
    assert client.post(url, form_of(client, url)).status_code == 303
    sender.send_due()
    assert mailoutbox[0].to == [row.person.email]
    assert reverse("programs:enrolment", args=[row.public_id]) in mailoutbox[0].body


def test_page_says_who_gets_it_and_shows_the_mail(pair: Pairing, coordinator: Any) -> None:
    page = coordinator.get(url_of(paused(pair).program)).content.decode()
    for text in (
        "Mara Lind (mentor)",
        "Henrik Vogt (mentee)",
        "Hello Mara",
        "Cora Brandt wrote this to you",
        "You get this because",
    ):
        assert text in page
    assert "mara@example.com" not in page
    assert "henrik@example.com" not in page


@pytest.mark.broad
def test_what_was_typed_is_sent_to_those_chosen_and_its_text_is_not_kept(
    pair: Pairing, coordinator: Any, mailoutbox: list[Any]
) -> None:
    url = url_of(paused(pair).program)
    data = form_of(
        coordinator,
        url,
        subject="Canary subject",
        text="Canary text\r\n\r\nSecond",
        to=[str(pair.mentee.public_id)],
    )
    assert coordinator.post(url, data).status_code == 303
    [row] = personal_mails()
    assert (row.recipient, row.scope, row.state) == (pair.mentee, pair.program.public_id, "queued")
    sender.send_due()
    row.refresh_from_db()
    assert (row.state, row.text, row.html) == ("sent", "", "")
    [mail] = mailoutbox
    assert (mail.to, mail.subject) == (["henrik@example.com"], "Canary subject")
    assert "Canary text\n\nSecond" in mail.body
    assert "mara@example.com" not in str(mail.message())
    entry = AuditEntry.objects.get(verb="need.written")
    assert entry.detail == {
        "need": "paused",
        "about": str(pair.public_id),
        "to": [str(pair.mentee.public_id)],
    }
    kept = [
        list(AuditEntry.objects.values()),
        list(personal_mails().values_list("data", "dedupe_key", "attachments", "last_error")),
    ]
    assert "Canary" not in str(kept)


@pytest.mark.broad
@pytest.mark.parametrize(
    "text",
    [
        "[[link]] Free money",
        "[[https://evil.example/]] Your pair",
        "-- \nUpstream",
        "<b>{{ user }}</b>",
    ],
)
def test_typed_words_are_plain_text(
    pair: Pairing, coordinator: Any, mailoutbox: list[Any], text: str
) -> None:
    url = url_of(paused(pair).program)
    coordinator.post(url, form_of(coordinator, url, text=text))
    sender.send_due()
    html = str(mailoutbox[0].alternatives[0][0])
    assert html.count('class="button"') == 1
    assert "Your pair</a>" not in html, "an address may be a link, under its own name"
    assert "<b>" not in html
    assert mailoutbox[0].body.count("-- \n") == 1
    for word in re.findall(r"[\w]+", text):
        assert word in mailoutbox[0].body


@pytest.mark.broad
@pytest.mark.parametrize(
    "changes",
    [
        {"text": ""},
        {"subject": ""},
        {"text": "x" * 2001},
        {"subject": "x" * 101},
        {"to": []},
        {"to": ["00000000-0000-4000-8000-000000000009"]},
        {"text": "a\x00"},
    ],
    ids=str,
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    pair: Pairing, coordinator: Any, changes: dict[str, Any]
) -> None:
    url = url_of(paused(pair).program)
    answer = coordinator.post(
        url,
        form_of(
            coordinator, url, **({"text": "Typed words", "subject": "Typed subject"} | changes)
        ),
    )
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()
    for name, words_typed in (("text", "Typed words"), ("subject", "Typed subject")):
        if name not in changes:
            assert words_typed in answer.content.decode()
    assert not personal_mails().exists()


@pytest.mark.broad
def test_length_is_counted_as_the_browser_does(pair: Pairing, coordinator: Any) -> None:
    url = url_of(paused(pair).program)
    data = form_of(
        coordinator, url, text="\r\n".join(["x"] * 1000)
    )  # 1999 characters, in a browser
    assert coordinator.post(url, data).status_code == 303


@pytest.mark.broad
@pytest.mark.parametrize(
    "changes", [{}, {"subject": ""}, {"text": ""}, {"text": "x" * 300_000}, {"to": []}]
)
def test_look_at_it_sends_nothing(pair: Pairing, coordinator: Any, changes: dict[str, Any]) -> None:
    url = url_of(paused(pair).program)
    data = form_of(coordinator, url, subject="As typed", preview="1") | changes
    answer = coordinator.post(url, data)
    assert answer.status_code == 200
    assert not personal_mails().exists()
    part = coordinator.post(url, data, headers={"HX-Request": "true"}).content.decode()
    assert '<section id="preview"' in part
    assert "<html" not in part
    assert ("As typed" in part) == ("subject" not in changes)


# once


@pytest.mark.broad
def test_double_click_and_back_and_again_send_it_once(pair: Pairing, coordinator: Any) -> None:
    url = url_of(paused(pair).program)
    data = form_of(coordinator, url)
    for _time in range(3):
        assert coordinator.post(url, data).status_code == 303
    assert personal_mails().count() == 2
    assert AuditEntry.objects.filter(verb="need.written").count() == 1
    page = coordinator.post(url, data, follow=True).content.decode()
    assert "It was not sent twice" in page


@pytest.mark.broad
def test_another_form_about_it_waits_for_a_day_and_keeps_its_words(
    pair: Pairing, coordinator: Any, at: At
) -> None:
    url = url_of(paused(pair).program)
    coordinator.post(url, form_of(coordinator, url))
    again = form_of(coordinator, url, text="One more thing")
    answer = coordinator.post(url, again)
    assert answer.status_code == 422
    assert "One more thing" in answer.content.decode()
    assert "within the last day" in answer.content.decode()
    at(MONDAY + DAY + timedelta(minutes=1))
    assert coordinator.post(url, again).status_code == 303
    assert personal_mails().count() == 4


@pytest.mark.broad
def test_nobody_gets_more_than_three_a_day(pair: Pairing, coordinator: Any) -> None:
    url = url_of(paused(pair).program)
    for number in range(3):
        OutboxMessage.objects.create(
            kind=KIND,
            recipient=pair.mentor,
            dedupe_key=str(number),
            scope=pair.program.public_id,
            subject="x",
            expires_at=MONDAY + DAY,
            data={"need": "unsigned", "about": str(uuid4()), "by": 0, "once": "x"},
        )
    answer = coordinator.post(url, form_of(coordinator, url))
    assert answer.status_code == 422
    assert "Mara Lind has had several" in answer.content.decode()


@pytest.mark.broad
def test_what_is_settled_is_not_sent(
    pair: Pairing, coordinator: Any, mailoutbox: list[Any]
) -> None:
    url = url_of(paused(pair).program)
    data = form_of(coordinator, url)
    coordinator.post(url, data)
    Pairing.objects.update(state="active", paused_at=None)
    sender.send_due()
    assert {row.state for row in personal_mails()} == {"cancelled"}
    answer = coordinator.post(url, data | {"once": str(uuid4())}, follow=True)
    assert "settled in the meantime" in answer.content.decode()
    assert personal_mails().count() == 2


# addresses that mail does not reach


@pytest.mark.broad
def test_bounced_address_gets_a_line_in_the_inbox(
    pair: Pairing, coordinator: Any, as_user: AsUser, mailoutbox: list[Any]
) -> None:
    suppression.suppress(pair.mentor.email, "550 5.1.1")
    url = url_of(pair.program)
    page = coordinator.get(url).content.decode()
    assert "does not arrive at mara@example.com" in page
    assert "HR can correct" in page
    assert 'name="text"' not in page
    assert (
        coordinator.post(url, form_of(coordinator, url, subject="Please call Cora")).status_code
        == 303
    )
    assert sender.send_due() == {"sent": 1}
    assert mailoutbox == []
    assert (
        "Please call Cora"
        in as_user(pair.mentor).get(reverse("notifications:inbox")).content.decode()
    )
    hr = as_user(UserFactory(is_hr_admin=True))
    assert (
        reverse("accounts:person_edit", args=[pair.mentor.public_id])
        in hr.get(url).content.decode()
    )


@pytest.mark.broad
def test_one_of_a_pair_cannot_be_mailed(
    pair: Pairing, coordinator: Any, mailoutbox: list[Any]
) -> None:
    paused(pair)
    suppression.suppress(pair.mentor.email, "550 5.1.1")
    number = [need.kind for need in needs_of(pair.program)].index("paused")
    url = url_of(pair.program, number)
    assert "does not arrive at mara@example.com" in coordinator.get(url).content.decode()
    coordinator.post(url, form_of(coordinator, url))
    assert dict(personal_mails().values_list("recipient__name", "channel")) == {
        "Mara Lind": "inbox",
        "Henrik Vogt": "email",
    }
    sender.send_due()
    assert [mail.to for mail in mailoutbox] == [["henrik@example.com"]]


@pytest.mark.broad
def test_draft_in_the_language_of_the_reader(
    pair: Pairing, coordinator: Any, mailoutbox: list[Any]
) -> None:
    User.objects.filter(pk=pair.mentee.pk).update(locale="de")
    url = url_of(paused(pair).program)
    page = coordinator.get(url).content.decode()
    assert "Henrik Vogt reads Deutsch" in page
    assert "?draft=de" in page
    assert coordinator.get(url + "?draft=de").status_code == 200
    assert coordinator.get(url + "?draft=xx").status_code == 200
    coordinator.post(url, form_of(coordinator, url))
    sender.send_due()
    greetings = {mail.to[0]: mail.body.split()[0] for mail in mailoutbox}
    assert greetings == {"mara@example.com": "Hello", "henrik@example.com": "Hallo"}
