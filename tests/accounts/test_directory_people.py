"""Names, degrees and surnames, and the words for somebody who is here or has left."""

from __future__ import annotations

import pytest

from accounts.directory.values.name_order import with_comma
from accounts.directory.values.names import first_name_first, full_name, surname
from accounts.directory.values.status import is_gone
from accounts.domain.names import called, sort_key


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Mai, Karl", "Karl Mai"),
        ("Karl Mai, PhD", "Karl Mai, PhD"),
        ("Karl Mai, Ph.D., MBA", "Karl Mai, Ph.D., MBA"),
        ("Mai, Karl, PhD", "Karl Mai, PhD"),
        ("Karl Mai, Dipl.-Ing.", "Karl Mai, Dipl.-Ing."),
        ("Karl Mai, M.A.", "Karl Mai, M.A."),
        ("Karl Mai, MA", "Karl Mai, MA"),
        ("Karl Mai, M.Sc. (ETH)", "Karl Mai, M.Sc. (ETH)"),
        ("Smith, John Jr.", "John Smith Jr."),
        ("Smith Jr, John A", "John A Smith Jr"),
        ("John Smith, Jr.", "John Smith, Jr."),
        ("Smith, Jr., John", "John Smith, Jr."),
        ("Li, Ma", "Ma Li"),
        ("Do Thi, Ma", "Ma Do Thi"),
        ("Silva, Junior", "Junior Silva"),
        ("von der Leyen, Ursula", "Ursula von der Leyen"),
        ("Mai, Dr. Karl", "Dr. Karl Mai"),
        ("Karl Mai", "Karl Mai"),
        ("Cho,Mina", "Mina Cho"),
        ("a, b, c", "a, b, c"),
    ],
)
def test_a_comma_turns_a_name_round_and_a_degree_does_not(written: str, name: str) -> None:
    assert first_name_first(written) == name


# A name as a file has it: the name as it is kept, the family name if it is told, and what to call
# them.
NAMES = """
Röth, Ines | Ines Röth | Röth | Ines
Ines Röth | Ines Röth | | Ines
Dr. Röth, Ines | Dr. Ines Röth | Röth | Ines
Röth, Dr. Ines | Dr. Ines Röth | Röth | Ines
Röth Dr., Ines | Dr. Ines Röth | Röth | Ines
Röth, Ines Dr. | Dr. Ines Röth | Röth | Ines
Dr. med. Huber, Eva | Dr. med. Eva Huber | Huber | Eva
Dr.-Ing. Mai, Karl | Dr.-Ing. Karl Mai | Mai | Karl
Prof. Dr. Dr. h. c. Röth, Ines | Prof. Dr. Dr. h. c. Ines Röth | Röth | Ines
Mag. Huber, Eva | Mag. Eva Huber | Huber | Eva
Herr, Anna | Anna Herr | Herr | Anna
St. John, Anna | Anna St. John | St. John | Anna
Santos, Ma. Teresa | Ma. Teresa Santos | Santos | Teresa
Roth, Ines (1) | Ines Roth (1) | Roth | Ines
Roth, Ines (Finance) | Ines Roth (Finance) | Roth | Ines
Roth (Maier), Ines | Ines Roth (Maier) | Roth | Ines
Roth, Ines [C] | Ines Roth [C] | Roth | Ines
Mai, Karl, PhD (1) | Karl Mai, PhD (1) | Mai | Karl
Karl Mai, M.Sc. (ETH) | Karl Mai, M.Sc. (ETH) | | Karl
Dr. Mai, Karl, MBA | Dr. Karl Mai, MBA | Mai | Karl
Smith, John Sr. | John Smith Sr. | Smith | John
Smith Jr., John A. | John A. Smith Jr. | Smith | John
Peck, Scott M. | Scott M. Peck | Peck | Scott
von der Leyen, Dr. Ursula | Dr. Ursula von der Leyen | von der Leyen | Ursula
de la Cruz, María José | María José de la Cruz | de la Cruz | María
García López, Ana | Ana García López | García López | Ana
Müller-Lüdenscheidt, Eva-Maria | Eva-Maria Müller-Lüdenscheidt | Müller-Lüdenscheidt | Eva-Maria
van den Berg, Jan Willem | Jan Willem van den Berg | van den Berg | Jan
O’Neil, Sam | Sam O’Neil | O’Neil | Sam
Nguyễn, Văn An | Văn An Nguyễn | Nguyễn | Văn
Li, Wei (Wendy) | Wei Li (Wendy) | Li | Wei
Plato | Plato | | Plato
"""


@pytest.mark.parametrize("line", NAMES.strip().split("\n"))
def test_names_are_kept_first_name_first_with_their_family_name(line: str) -> None:
    written, name, last, short = (part.strip() for part in line.split("|"))
    texts = {"first_name": "", "last_name": "", "name": written}
    assert (full_name(texts), surname(texts)) == (name, last)
    assert called(name) == short
    # what is kept reads as itself when it is imported again, if no comma turns it round
    if "," not in name:
        assert first_name_first(name) == name


@pytest.mark.parametrize(
    ("first", "last", "name", "family_name"),
    [
        ("Ines", "Dr. Röth", "Dr. Ines Röth", "Röth"),
        ("Dr. Ines", "Röth", "Dr. Ines Röth", "Röth"),
        ("Dr. Ines", "Dr. Röth", "Dr. Ines Röth", "Röth"),
        ("Ines", "Roth (1)", "Ines Roth (1)", "Roth"),
        ("Ines", "Roth, PhD", "Ines Roth, PhD", "Roth"),
        ("John", "Smith Jr.", "John Smith Jr.", "Smith"),
        ("Ursula", "von der Leyen", "Ursula von der Leyen", "von der Leyen"),
    ],
)
def test_titles_and_remarks_beside_a_family_name_are_no_part_of_it(
    first: str, last: str, name: str, family_name: str
) -> None:
    texts = {"first_name": first, "last_name": last, "name": ""}
    assert (full_name(texts), surname(texts)) == (name, family_name)


@pytest.mark.parametrize(
    ("name", "email", "turned"),
    [
        ("Dr. Röth Ines", "", "Röth, Dr. Ines"),
        ("Mai Karl (1)", "", "Mai, Karl (1)"),
        ("García López Ana", "ana.garcia@x.example", "García López, Ana"),
        ("García López Ana", "agarcia@x.example", "García López, Ana"),
        ("García López Ana", "a.garcia@x.example", "García López, Ana"),
        ("Sommer Anna Maria", "anna.sommer@x.example", "Sommer, Anna Maria"),
        ("Sommer Anna Maria", "info@x.example", "Sommer, Anna Maria"),
    ],
)
def test_the_family_name_in_front_ends_where_the_first_name_begins(
    name: str, email: str, turned: str
) -> None:
    assert with_comma(name, email) == turned


@pytest.mark.parametrize(
    ("first", "last", "name", "found"),
    [
        ("Ursula", "von der Leyen", "", "von der Leyen"),
        ("", "", "von der Leyen, Ursula", "von der Leyen"),
        ("", "", "Ursula Leyen, PhD", ""),
        ("", "", "Ursula Leyen", ""),
        ("Ursula", "", "Leyen", ""),
    ],
)
def test_the_surname_is_known_by_its_column_or_a_comma(
    first: str, last: str, name: str, found: str
) -> None:
    assert surname({"first_name": first, "last_name": last, "name": name}) == found


@pytest.mark.parametrize(
    ("name", "last", "key"),
    [
        ("Ursula von der Leyen", "von der Leyen", "leyen ursula von der"),
        ("Ursula von der Leyen", "", "leyen ursula von der"),
        ("Ana García López", "García López", "garcia lopez ana"),
        ("Kees Van Dam", "", "van dam kees"),
        ("Robert De La Cruz", "", "de la cruz robert"),
        ("Jan de Vries", "de Vries", "vries jan de"),
        ("Le Minh", "", "minh le"),
        ("Sinéad O’Brien", "", "obrien sinead"),
        ("Eva Meyer-Lang", "", "meyer lang eva"),
        ("Nguyen Van An", "Nguyen", "nguyen van an"),
        ("Karl Mai, PhD", "", "mai karl phd"),
        ("Karl Mai Jr.", "", "mai karl jr"),
        ("Ines Roth (1)", "", "roth ines 1"),
        ("Ines Roth [C]", "Roth", "roth ines c"),
        ("Eva Neumann", "Lang", "neumann eva"),
        ("Madonna", "", "madonna"),
        ("", "", ""),
    ],
)
def test_the_surname_sorts(name: str, last: str, key: str) -> None:
    assert sort_key(name, last) == key


HERE = """
Active|aktiv|TRUE|1|3|A|L|On Leave|Leave of Absence|Unpaid leave|Parental Leave|LOA|Garden leave
Leave - paid|Mutterschutz|In Elternzeit|Sabbatical|Freigestellt|Langzeitkrank
Ruhendes Dienstverhältnis
Future Start|Hired|Employed|Onboarding|Pending hire|active_external_suite
Regular Full-Time|Furloughed
Active - Payroll Eligible|Suspended - Payroll Eligible|Bildungskarenz|512|66048|Aktiver Mitarbeiter
"""
LEFT = """
Terminated|Voluntarily Terminated|Terminated for Cause|Involuntary Termination|Inactive
inactive_external
Inactive - Payroll Eligible|Retired|Early Retirement|Resigned|Deceased|No longer employed
T|D|0|2|514
Ausgeschieden|ausgeschieden zum 31.10.2026|Ausgetreten|Rentnerin|Im Ruhestand|Vorruhestand
Verstorben
FALSE|Not active|Nicht mehr beschäftigt|Laid off|Left the company|Former employee|Separated
"""
UNKNOWN = """
maybe|Blue|Not on leave|Termination pending|Inactive - Leave of absence|nicht entlassen|Nie da
"""


def texts(table: str) -> list[str]:
    return [text for line in table.split("\n") for text in line.split("|") if text]


@pytest.mark.parametrize("text", texts(HERE))
def test_whoever_is_here_or_on_leave_stays(text: str) -> None:
    assert is_gone(text) is False


@pytest.mark.parametrize("text", texts(LEFT))
def test_whoever_has_left_is_gone(text: str) -> None:
    assert is_gone(text) is True


@pytest.mark.parametrize("text", texts(UNKNOWN))
def test_what_nobody_can_tell_is_asked(text: str) -> None:
    assert is_gone(text) is None
