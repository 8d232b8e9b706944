"""Names, degrees and surnames, and the words for somebody who is here or has left."""

from __future__ import annotations

import pytest

from accounts.directory.rows.names import first_name_first, surname
from accounts.directory.rows.status import is_gone
from accounts.domain.names import sort_key


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
        ("Ursula von der Leyen", "von der Leyen", "von der leyen ursula"),
        ("Ursula von der Leyen", "", "leyen ursula von der"),
        ("Ana García López", "García López", "garcia lopez ana"),
        ("Nguyen Van An", "Nguyen", "nguyen van an"),
        ("Karl Mai, PhD", "", "mai karl phd"),
        ("Karl Mai Jr.", "", "mai karl jr"),
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
