"""Writing without a name: what is stored, who reads it, and what the code opens."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from common.errors import DomainError
from concerns.domain import codes, listening, writing
from concerns.domain.settings import save_settings
from concerns.enums import ConcernState, Helped, Side
from concerns.limits import MOST, MOST_OF_AN_IP, Attempt
from concerns.models import Concern, ConcernEntry
from programs.enums import RoleAnswer, StaffRole
from tests.concerns.concern_data import company_contact, write_to
from tests.factories import PairingFactory, ProgramStaffFactory, UserFactory
from tests.support.pages import text_of, url_of, words_of
from tests.support.types import AsUser

pytestmark = pytest.mark.django_db
WORDS = "Zebra: he shouts at me when we are alone"
CODE = re.compile(r"\b(?:[0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}\b")
WRITE, READ = "concerns:talk_write", "concerns:talk_read"


@pytest.fixture(autouse=True)
def no_attempts_yet() -> None:
    caches["memory"].clear()


@pytest.fixture
def author() -> User:
    """A junior whose program has a safe contact, with a deputy."""
    pair = PairingFactory(state="active", mentor__name="Nele Author")
    for role in (StaffRole.SAFE_CONTACT, StaffRole.SAFE_DEPUTY):
        ProgramStaffFactory(
            program=pair.program,
            role=role,
            answer=RoleAnswer.ACCEPTED,
            person__name=str(role.label),
        )
    found: User = pair.mentor
    return found


@pytest.fixture
def contact(author: User) -> User:
    return User.objects.get(name="Safe contact")


def key_of(client: Client) -> str:
    """What the form carries so that sending it twice is one thread."""
    found = re.search(r'name="key" value="([^"]+)"', text_of(client.get(reverse(WRITE))))
    assert found
    return found[1]


def send(client: Client, contact: User, text: str = WORDS, key: str = "") -> str:
    """Write with the form; the code that the next page shows."""
    fields = {"contact": contact.public_id, "text": text, "key": key or key_of(client)}
    [code] = set(CODE.findall(text_of(client.post(reverse(WRITE), fields))))
    return str(code)


def rows_of_all_tables() -> dict[str, list[str]]:
    """{table: its rows as text}."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" AS t ORDER BY 1')
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


def test_writing_changes_no_other_row_and_stores_neither_author_nor_words_nor_code(
    author: User, contact: User, as_user: AsUser, caplog: pytest.LogCaptureFixture
) -> None:
    client = as_user(author)
    key = key_of(client)
    before = rows_of_all_tables()
    with caplog.at_level(logging.DEBUG):
        code = send(client, contact, key=key)
        client.post(reverse(READ), {"code": code, "text": "Zebra again", "write": "1"})
        client.post(reverse(READ), {"code": "zebra"})
    after = rows_of_all_tables()

    changed = {table for table, rows in after.items() if rows != before[table]}
    assert changed == {"concerns_concern", "concerns_concernentry"}
    kept = "\n".join(row for table in sorted(changed) for row in after[table])
    assert len(after["concerns_concernentry"]) == 2
    for secret in (str(author.public_id), author.email, author.name, "zebra", code, code[:5]):
        assert secret.lower() not in kept.lower()
    assert not re.search(r"\d\d:\d\d", kept)  # days, no times
    logged = " ".join(record.getMessage() for record in caplog.records if record.name != "faker")
    assert code not in logged
    assert "Zebra" not in logged


def test_no_column_can_name_the_author() -> None:
    """The people of a thread are those who listen, and its rows have no order and no time."""
    for model in (Concern, ConcernEntry):
        fields = model._meta.get_fields()
        people = {field.name for field in fields if field.related_model is User}
        assert people <= {"contact", "deputy"}
        kinds = {field.get_internal_type() for field in fields if field.concrete}
        assert not kinds & {"DateTimeField", "TimeField", "BigAutoField", "AutoField"}


def test_code_is_random_and_forgives_how_it_is_typed(contact: User) -> None:
    code = codes.new_code()
    assert len(code.replace("-", "")) * 5 >= 80
    assert len({codes.new_code() for _number in range(50)}) == 50
    assert codes.digest(code) == codes.digest(code.lower().replace("-", " "))
    assert codes.digest("0O1IL") == codes.digest("00111")
    concern = write_to(contact, code=code)
    assert concern.code_hash == codes.digest(code)


def test_author_and_contact_write_to_each_other(
    author: User, contact: User, as_user: AsUser
) -> None:
    code = send(as_user(author), contact)
    concern = Concern.objects.get()
    assert concern.deputy == User.objects.get(name="Deputy of the safe contact")
    reader, url = as_user(contact), reverse("concerns:thread_detail", args=[concern.pk])
    assert WORDS in text_of(reader.get(url))
    assert "not read yet" in text_of(reader.get(reverse("concerns:thread_list"))).lower()

    reader.post(url, {"action": "acknowledge"})
    reader.post(url, {"action": "note", "note-text": "Ask her about the meeting"})
    reader.post(url, {"action": "answer", "text": "Tell me more", "sentences": ["pause"]})
    page = words_of(Client().post(reverse(READ), {"code": code.lower()}))
    assert "Tell me more" in page
    assert "You can pause your pair" in page
    assert "Ask her about" not in page
    assert "Ask her about" in text_of(reader.get(url))

    more = {"code": code, "text": "It was on Monday", "write": "1"}
    assert "It was on Monday" in text_of(Client().post(reverse(READ), more))
    assert Concern.objects.get().state == ConcernState.OPEN
    reader.post(url, {"action": "answer", "text": "Thank you"})
    reader.post(url, {"action": "close"})
    assert "Did it help?" in text_of(Client().post(reverse(READ), {"code": code}))
    Client().post(reverse(READ), {"code": code, "helped": "partly"})
    assert "Did it help? In part" in words_of(reader.get(url))


def test_answer_without_words_and_closing_too_early_are_refused(
    contact: User, as_user: AsUser
) -> None:
    concern = write_to(contact)
    url = reverse("concerns:thread_detail", args=[concern.pk])
    assert as_user(contact).post(url, {"action": "answer"}).status_code == 422
    with pytest.raises(DomainError):
        listening.close(actor=contact, concern=concern)
    with pytest.raises(DomainError):
        listening.answer(actor=UserFactory(), concern=concern, text="Hello")
    assert Concern.objects.get().state == ConcernState.OPEN


def test_sent_twice_is_one_thread_and_one_entry(
    author: User, contact: User, as_user: AsUser
) -> None:
    client = as_user(author)
    key = key_of(client)
    assert send(client, contact, key=key) == send(client, contact, key=key)
    assert ConcernEntry.objects.count() == 1
    # back, changed and sent again: nothing is lost
    send(client, contact, text="More", key=key)
    assert [entry.text for entry in ConcernEntry.objects.all()] == [WORDS, "More"]


def test_a_code_that_this_application_has_not_made_is_not_taken(
    author: User, contact: User, as_user: AsUser
) -> None:
    code = send(as_user(author), contact, key="AAAAA-AAAAA-AAAAA-AAAAA")
    assert code != "AAAAA-AAAAA-AAAAA-AAAAA"


def test_every_wrong_code_reads_the_same(contact: User) -> None:
    write_to(contact)
    answers = {
        words_of(Client().post(reverse(READ), {"code": wrong})).replace(wrong, "CODE")
        for wrong in (codes.new_code(), "zebra", codes.new_code()[:9])
    }
    pages = {re.sub(r"[A-Za-z0-9:_-]{40,}", "TOKEN", page) for page in answers}
    assert len(pages) == 1
    assert "No conversation has this code" in pages.pop()


def test_too_many_wrong_codes_are_refused_and_so_is_writing_too_often(
    author: User, contact: User, as_user: AsUser
) -> None:
    code, client = codes.new_code(), Client()
    write_to(contact, code=code)
    for _number in range(MOST_OF_AN_IP[Attempt.WRONG_CODE]):
        client.post(reverse(READ), {"code": "wrong"})
    assert "too many attempts" in text_of(client.post(reverse(READ), {"code": code}))
    other = Client(REMOTE_ADDR="10.1.2.3")
    assert "Help" in text_of(other.post(reverse(READ), {"code": code}))

    signed_in = as_user(author)
    for number in range(MOST[Attempt.WRITE]):
        send(signed_in, contact, text=f"Number {number}")
    fields = {"contact": contact.public_id, "text": "Once more"}
    assert "too many attempts" in text_of(signed_in.post(reverse(WRITE), fields))


def test_without_signing_in_one_chooses_among_the_company_s_contacts(contact: User) -> None:
    client = Client()
    assert "named nobody" in text_of(client.get(reverse(WRITE)))
    company_contact(StaffRole.SAFE_DEPUTY, name="Dora Deputy")
    listens = company_contact(name="Carl Contact")
    page = text_of(client.get(reverse(WRITE)))
    assert "Carl Contact. Deputy: Dora Deputy." in page
    assert contact.name not in page
    assert send(client, listens)
    refused = client.post(reverse(WRITE), {"contact": contact.public_id, "text": WORDS})
    assert refused.status_code == 422
    assert WORDS in text_of(refused)


@pytest.mark.parametrize(
    ("in_line", "written_to"),
    [("mentor", "Company"), ("mentee", "Company"), ("former partner", "Company"), ("", "Program")],
)
def test_whoever_is_in_a_line_gets_nothing_and_the_company_s_contact_stands_in(
    author: User, contact: User, as_user: AsUser, in_line: str, written_to: str
) -> None:
    pair = author.pairings_as_mentor.get()
    former = PairingFactory(mentor=author, state="ended")
    junior = {"mentor": author, "mentee": pair.mentee, "former partner": former.mentee}
    if in_line:
        User.objects.filter(pk=junior[in_line].pk).update(manager=contact)
    User.objects.filter(pk=contact.pk).update(name="Program")
    pair.program.staff.filter(role=StaffRole.SAFE_DEPUTY).delete()
    company_contact(name="Company")
    client = as_user(author)
    fields = {"contact": contact.public_id, "text": WORDS}
    got_in = client.post(reverse(WRITE), fields).status_code == 200
    assert got_in == (written_to == "Program")
    if not got_in:
        assert "Company" in text_of(client.get(reverse(WRITE)))
        send(client, User.objects.get(name="Company"))
    assert Concern.objects.get().contact.name == written_to


def test_nobody_left_says_so_and_names_the_line_outside(
    author: User, as_user: AsUser, contact: User
) -> None:
    hr = as_user(UserFactory(is_hr_admin=True))
    told = {"action": "settings", "outside_line": "Ombudsperson, 030 1234"}
    assert hr.post(reverse("concerns:talk_set_up"), told).status_code == 303
    author.pairings_as_mentor.get().program.staff.all().delete()
    for name in (WRITE, "concerns:talk"):
        page = text_of(as_user(author).get(reverse(name)))
        assert "Nobody here can listen" in page
        assert "030 1234" in page


@pytest.mark.parametrize("is_statutory", [True, False])
def test_the_form_says_whether_the_law_knows_this_channel(is_statutory: bool) -> None:
    company_contact()
    save_settings(actor=UserFactory(), outside_line="", is_statutory=is_statutory)
    page = words_of(Client().get(reverse(WRITE)))
    assert ("This is not the company" in page) != is_statutory
    assert "within 7 days" in page


def test_hr_names_the_company_s_contact_who_is_asked_and_accepts(as_user: AsUser) -> None:
    person, hr = UserFactory(name="Carl Contact"), UserFactory(is_hr_admin=True)
    url = reverse("concerns:talk_set_up")
    named = {"action": "name", "person": person.email, "role": "safe_contact"}
    assert as_user(hr).post(url, named).status_code == 303
    staff = person.program_roles.get()
    assert "Carl Contact" not in text_of(Client().get(reverse(WRITE)))
    as_user(person).post(url_of("programs:safe_contact", staff), {"answer": "accept"})
    assert "Carl Contact" in text_of(Client().get(reverse(WRITE)))
    as_user(hr).post(reverse("concerns:talk_contact_remove", args=[staff.public_id]))
    assert "Carl Contact" not in text_of(Client().get(reverse(WRITE)))
    assert as_user(hr).post(url, {**named, "person": "nobody at all"}).status_code == 422


@pytest.mark.parametrize(("number", "shown"), [(1, "0 to 4"), (5, "5 to 9")])
def test_hr_reads_how_many_wrote_in_steps_of_five(
    contact: User, as_user: AsUser, number: int, shown: str
) -> None:
    for _number in range(number):
        write_to(contact)
    page = words_of(as_user(UserFactory(is_hr_admin=True)).get(reverse("concerns:talk_set_up")))
    assert f"<dd>{shown}</dd>" in page
    assert "/talk/threads/" not in page


@pytest.mark.parametrize("number", [1, 3])
def test_list_and_thread_take_the_same_queries(
    contact: User, as_user: AsUser, number: int, django_assert_num_queries: Any
) -> None:
    concern = write_to(contact)
    for _number in range(number):
        write_to(contact)
        listening.note(actor=contact, concern=concern, text="Note")
    client = as_user(contact)
    with django_assert_num_queries(6):
        client.get(reverse("concerns:thread_list"))
    with django_assert_num_queries(7):
        client.get(reverse("concerns:thread_detail", args=[concern.pk]))


def test_helped_is_said_of_a_closed_thread_alone(contact: User) -> None:
    concern = write_to(contact)
    assert writing.say_whether_it_helped(concern=concern, helped=Helped.YES).helped == ""
    listening.answer(actor=contact, concern=concern, text="Yes")
    listening.close(actor=contact, concern=concern)
    assert writing.say_whether_it_helped(concern=concern, helped=Helped.YES).helped == "yes"
    assert concern.entries.get(position=2).side == Side.CONTACT
