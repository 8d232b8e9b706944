"""People, grades, addresses and the directory import: HR alone, and everybody their own page."""

from django.urls import reverse

from accounts.mail.addresses import OLD, PURPOSE
from accounts.models import AddressChange, DirectoryImport, PairBlock
from common import tokens
from tests.url_matrix.core import SIGNED_IN, row

HR = {"hr_admin"}


def import_of(w, state="checked"):
    """The one import of the world, made when it is first asked for."""
    defaults = {
        "file_name": "people.csv",
        "content": b"Name,Email\nAnna,anna@example.com\n",
        "headings": ["Name", "Email"],
        "mapping": {"name": "Name", "email": "Email"},
        "uploaded_by": w.people["hr_admin"],
    }
    return DirectoryImport.objects.get_or_create(state=state, defaults=defaults)[0]


def change_of(w):
    """A changed address that waits."""
    person = w.people["mentor"]
    defaults = {"old_email": person.email, "new_email": "another@example.com"}
    return AddressChange.objects.get_or_create(person=person, state="pending", defaults=defaults)[0]


def domain_of(w):
    """The page of a mail domain that moves, as `change_of` makes one."""
    person = w.people["mentor"]
    old = person.email.partition("@")[2]
    change = change_of(w)
    change.new_email = f"{person.email.partition('@')[0]}@new.example"
    change.save()
    return reverse("accounts:address_domain", args=[old, "new.example"])


def answer_to(w):
    """The link in the mail to the old address."""
    token = tokens.make(PURPOSE, [str(change_of(w).public_id), OLD])
    return reverse("accounts:address_answer", args=[token])


def block_of(w):
    """Two people kept apart."""
    first, second = sorted([w.people["mentor"], w.people["stranger"]], key=lambda person: person.pk)
    return PairBlock.objects.get_or_create(first=first, second=second)[0]


def person(name, role="mentor"):
    """The address of a person's page."""
    return lambda w: reverse(name, args=[w.people[role].public_id])


def upload(name, state="checked"):
    """The address of a page of the import."""
    return lambda w: reverse(name, args=[import_of(w, state).public_id])


OWN = {"refused": {"mentor": 403}}

ROWS = [
    row("accounts:people_list", lambda w: reverse("accounts:people_list"), HR, others=403),
    row("accounts:people_export", lambda w: reverse("accounts:people_export"), HR, others=403),
    row(
        "accounts:person_find",
        lambda w: reverse("accounts:person_find"),
        SIGNED_IN,
        method="post",
        data={"field": "person", "person": "ann"},
    ),
    row("accounts:person_new", lambda w: reverse("accounts:person_new"), HR, others=403),
    row("accounts:hr_admin_list", lambda w: reverse("accounts:hr_admin_list"), HR, others=403),
    row("accounts:grades", lambda w: reverse("accounts:grades"), HR, others=403),
    row(
        "accounts:address_change_list",
        lambda w: reverse("accounts:address_change_list"),
        HR,
        others=403,
    ),
    row(
        "accounts:address_change_detail",
        lambda w: reverse("accounts:address_change_detail", args=[change_of(w).public_id]),
        HR,
    ),
    row("accounts:address_domain", domain_of, HR, others=403),
    row("accounts:address_answer", answer_to, SIGNED_IN, public=True),
    row("accounts:person_detail", person("accounts:person_detail"), {"hr_admin", "mentor"}),
    row("accounts:person_edit", person("accounts:person_edit"), HR, **OWN),
    row("accounts:person_hr_admin", person("accounts:person_hr_admin"), HR, **OWN),
    row("accounts:person_blocks", person("accounts:person_blocks"), HR, **OWN),
    row(
        "accounts:person_block_remove",
        lambda w: reverse(
            "accounts:person_block_remove",
            args=[w.people["mentor"].public_id, block_of(w).public_id],
        ),
        HR,
        method="post",
        **OWN,
    ),
    row("mentoring:person_manager", person("mentoring:person_manager"), HR, **OWN),
    row("mentoring:person_deactivate", person("mentoring:person_deactivate"), HR, **OWN),
    row(
        "mentoring:person_reactivate",
        person("mentoring:person_reactivate"),
        HR,
        method="post",
        **OWN,
    ),
    row("mentoring:person_programs", person("mentoring:person_programs"), HR, **OWN),
    row(
        "mentoring:people_import_list",
        lambda w: reverse("mentoring:people_import_list"),
        HR,
        others=403,
    ),
    row("mentoring:people_import", lambda w: reverse("mentoring:people_import"), HR, others=403),
    row(
        "mentoring:people_import_columns", upload("mentoring:people_import_columns", "uploaded"), HR
    ),
    row("mentoring:people_import_detail", upload("mentoring:people_import_detail"), HR),
    row("mentoring:people_import_errors", upload("mentoring:people_import_errors"), HR),
    row("mentoring:people_import_changes", upload("mentoring:people_import_changes"), HR),
    row(
        "mentoring:people_import_discard",
        upload("mentoring:people_import_discard", "uploaded"),
        HR,
        method="post",
    ),
]
