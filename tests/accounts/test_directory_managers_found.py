"""Managers become nobody else: names of leavers, weak names, few managers, wrong columns."""

from __future__ import annotations

import pytest

from accounts.directory.notes import in_words
from mentoring.people_import.import_now import Result, import_now

pytestmark = pytest.mark.django_db
HEADINGS = "Employee ID,Name,Email,Department,Status,Manager"


def preview(*lines: str) -> Result:
    """What the import of these lines would do."""
    return import_now(content="\n".join(lines).encode(), dry_run=True)


def codes(result: Result) -> list[tuple[int, str]]:
    """The errors of the rows."""
    return [(problem.row, problem.code) for problem in result.plan.problems if problem.is_error]


def test_a_name_that_a_leaver_has_too_is_not_unique() -> None:
    result = preview(
        HEADINGS,
        "1,Ines Roth,ines@x.example,Board,Active,",
        "2,Karl Mai,karl@x.example,Finance,Terminated,Ines Roth",
        "9,Karl Mai,karl9@x.example,Plant,Active,Ines Roth",
        "3,Eva Lang,eva@x.example,Finance,Active,Karl Mai",
    )
    assert codes(result) == [(5, "manager_not_unique")]


def test_a_title_before_the_name_of_a_leaver_changes_nothing() -> None:
    result = preview(
        HEADINGS,
        "1,Ines Roth,ines@x.example,Board,Active,",
        "2,Karl Mai,karl@x.example,Finance,Terminated,Ines Roth",
        "9,Karl Mai,karl9@x.example,Plant,Active,Ines Roth",
        "3,Eva Lang,eva@x.example,Finance,Active,Dr. Karl Mai",
    )
    assert codes(result) == [(5, "manager_not_unique")]


def test_an_earlier_row_of_the_same_person_shares_the_name_with_nobody() -> None:
    result = preview(
        HEADINGS,
        "1,Ines Roth,ines@x.example,Board,Active,",
        "2,Karl Mai,karl@x.example,Finance,Terminated,Ines Roth",
        "9,Karl Mai,karl@x.example,Plant,Active,Ines Roth",
        "3,Eva Lang,eva@x.example,Finance,Active,Karl Mai",
    )
    assert codes(result) == []


@pytest.mark.parametrize(
    ("person", "manager", "is_found"),
    [
        ("S. Kim", "T. Kim", False),
        ("John A. Smith", "John B. Smith", False),
        ("John A. Smith", "John Smith", True),
        ("John A. Smith", "Dr. John A. Smith", True),
        ("S. Kim", "Dr. S. Kim", True),
        ("Sara Kim", "Kim", False),
        ("Sara Kim", "Dr. Kim", False),
    ],
)
def test_initials_agree_and_one_word_is_not_enough(
    person: str, manager: str, is_found: bool
) -> None:
    result = preview(
        HEADINGS,
        "1,Ines Roth,ines@x.example,Board,Active,",
        f"2,{person},kim@x.example,Finance,Active,Ines Roth",
        f"3,Eva Lang,eva@x.example,Finance,Active,{manager}",
    )
    assert codes(result) == ([] if is_found else [(4, "manager_unknown")])


@pytest.mark.parametrize(("manager", "is_found"), [("Max", False), ("Max Mai", True)])
def test_what_people_call_somebody_is_not_enough_alone(manager: str, is_found: bool) -> None:
    result = preview(
        "Employee ID,First Name,Last Name,Preferred Name,Email,Manager",
        "1,Ines,Roth,,ines@x.example,",
        "2,Karl,Mai,Max,karl@x.example,Ines Roth",
        f"3,Eva,Lang,,eva@x.example,{manager}",
    )
    assert codes(result) == ([] if is_found else [(4, "manager_unknown")])


def managers(result: Result) -> dict[str, str]:
    """{name: manager's name} of the people whom an import would bring."""
    names = {outcome.node: outcome.values["name"] for outcome in result.plan.new}
    return {
        outcome.values["name"]: names.get(outcome.values["manager"] or 0, "")
        for outcome in result.plan.new
    }


def read_with_managers(*cells: str, people: str = "Paul Martin|Martin Paul") -> Result:
    """A file with these people below Ines Roth, and one more person for each cell of a manager."""
    names = people.split("|")
    lines = ["Employee ID,First Name,Last Name,Email,Manager", "1,Ines,Roth,ines@x.example,"]
    for number, name in enumerate(names, start=2):
        first, last = name.split()
        lines.append(f"{number},{first},{last},p{number}@x.example,")
    for number, cell in enumerate(cells, start=100):
        lines.append(f'{number},Eva,N{number},p{number}@x.example,"{cell}"')
    return preview(*lines)


def managers_of_cells(result: Result) -> list[str]:
    """The managers found for the cells of `read_with_managers`."""
    return [manager for name, manager in managers(result).items() if name.startswith("Eva N")]


PEOPLE = "Karl Mai|Eva Lang|Tom Uhl|Ada Kern|Paul Martin|Martin Paul"
AS_PEOPLE = ["Karl Mai", "Eva Lang", "Tom Uhl"]
TURNED = ["Mai Karl", "Lang Eva", "Uhl Tom"]


@pytest.mark.parametrize(
    ("others", "cell", "manager"),
    [
        ([], "Martin Paul", "Martin Paul"),
        ([], "Paul Martin", "Paul Martin"),
        ([], "Paul, Martin", "Martin Paul"),
        ([], "Dr. Paul Martin", "Paul Martin"),
        (AS_PEOPLE, "Martin Paul", "Martin Paul"),
        (TURNED, "Martin Paul", "Paul Martin"),
        (TURNED, "Paul, Martin", "Martin Paul"),
        ([*AS_PEOPLE, *TURNED], "Martin Paul", ""),
    ],
)
def test_of_two_names_in_both_orders_the_order_of_the_column_decides(
    others: list[str], cell: str, manager: str
) -> None:
    result = read_with_managers(*others, cell, people=PEOPLE)
    expected = ["Karl Mai", "Eva Lang", "Tom Uhl"] * (len(others) // 3)
    if manager:
        assert managers_of_cells(result) == [*expected, manager]
    else:
        assert [code for _row, code in codes(result)] == ["manager_not_unique"]


def test_a_name_in_the_other_order_is_said_where_the_file_does_not_tell_its_order() -> None:
    result = read_with_managers("Martin Paul", people="Paul Martin|Eva Lang")
    assert managers_of_cells(result) == ["Paul Martin"]
    assert ("manager_turned", "Martin Paul") in [
        (problem.code, problem.value) for problem in result.plan.problems
    ]


def test_a_column_in_the_other_order_is_said_once() -> None:
    result = read_with_managers(*TURNED, people=PEOPLE)
    turned = [problem for problem in result.plan.problems if problem.code == "manager_turned"]
    assert [problem.params["count"] for problem in turned] == [3]


@pytest.mark.parametrize(
    ("others", "cell"),
    [(AS_PEOPLE, "Martin Paul"), ([], "Paul, Martin"), ([], "Martin, Paul, PhD")],
)
def test_a_name_in_the_other_order_is_an_error_where_the_order_is_known(
    others: list[str], cell: str
) -> None:
    people = "Karl Mai|Eva Lang|Tom Uhl|Paul Martin"
    if cell.startswith("Martin,"):
        people = people.replace("Paul Martin", "Martin Paul")
    result = read_with_managers(*others, cell, people=people)
    assert [code for _row, code in codes(result)] == ["manager_in_other_order"]


def test_a_leaver_in_the_other_order_is_not_somebody_else() -> None:
    result = preview(
        HEADINGS,
        "1,Ines Roth,ines@x.example,Board,Active,",
        "2,Martin Paul,mp@x.example,Finance,Terminated,Ines Roth",
        "3,Paul Martin,pm@x.example,Finance,Active,Ines Roth",
        "4,Eva Lang,eva@x.example,Finance,Active,Martin Paul",
    )
    assert codes(result) == [(5, "manager_gone")]


@pytest.mark.parametrize(
    ("cell", "manager"),
    [
        ("Karl Mai (3)", "Karl Mai"),  # a counter, though somebody else has this id
        ("Mai, Karl (1)", "Karl Mai"),
        ("Tom Mai (2002)", "Karl Mai"),  # a new first name in the file, but an id and a word
        ("Charlie Mai (2002)", "Karl Mai"),
        ("Karl Mai [C] (2002) (On Leave)", "Karl Mai"),
        ("Karl Mai [C]", "Karl Mai"),
        ("Karl Mai (On Leave)", "Karl Mai"),
        ("Dr. Mai, Karl", "Karl Mai"),
        ("CN=Mai\\, Karl (1),OU=x", "Karl Mai"),
        ("Ada Ott (Finance)", "Ada Ott (Finance)"),
        ("Ott, Ada (Plant)", "Ada Ott (Plant)"),
        ("Lea Ott (7)", "Lea Ott (7)"),
        ("Lea Ott", "Lea Ott (7)"),
        ("R\\C3\\B6th", ""),
        ("CN=Zo\\C3\\AB Abt,OU=x", "Zoë Abt"),
    ],
)
def test_what_is_in_brackets_is_understood(cell: str, manager: str) -> None:
    result = preview(
        "Employee ID,Name,Email,Department,Manager",
        "1,Ines Roth,ines@x.example,Board,",
        "2002,Karl Mai,karl@x.example,Finance,Ines Roth",
        '3,"Uhl, Tom",tom@x.example,Finance,Ines Roth',
        '4,"Ott, Ada (Finance)",ada@x.example,Finance,Ines Roth',
        '5,"Ott, Ada (Plant)",ada2@x.example,Plant,Ines Roth',
        '6,"Ott, Lea (7)",lea@x.example,Plant,Ines Roth',
        '7,"Abt, Zoë",zoe@x.example,Plant,Ines Roth',
        f'9,Eva Lang,eva@x.example,Finance,"{cell}"',
    )
    if manager:
        assert managers(result)["Eva Lang"] == manager
    else:
        assert (9, "manager_unknown") in codes(result)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("Ada Ott", "manager_not_unique"),
        ("Karl Mai (Terminated)", "manager_gone"),
        ("Tom Uhl (2002)", "manager_not_unique"),
        ("Bo Ude (2002)", "manager_unknown"),
        ("Bo Mai (3)", "manager_unknown"),
        ("K\u0430rl Mai", "manager_odd"),
    ],
)
def test_what_contradicts_itself_names_nobody(cell: str, code: str) -> None:
    result = preview(
        "Employee ID,Name,Email,Department,Manager",
        "1,Ines Roth,ines@x.example,Board,",
        "2002,Karl Mai,karl@x.example,Finance,Ines Roth",
        "3,Tom Uhl,tom@x.example,Finance,Ines Roth",
        '4,"Ott, Ada (Finance)",ada@x.example,Finance,Ines Roth',
        '5,"Ott, Ada (Plant)",ada2@x.example,Plant,Ines Roth',
        f'9,Eva Lang,eva@x.example,Finance,"{cell}"',
    )
    assert codes(result) == [(7, code)]


@pytest.mark.parametrize(
    ("people", "without", "warning"),
    [
        (10, 1, None),
        (10, 2, None),
        (10, 4, "few_name_managers"),
        (10, 5, "few_name_managers"),
        (40, 4, None),
        (40, 5, "few_name_managers"),
    ],
)
def test_many_empty_cells_of_managers_are_said_first(
    people: int, without: int, warning: str | None
) -> None:
    rows = []
    for number in range(1, people + 1):
        name = "Pa Q" + str(number).translate(str.maketrans("0123456789", "abcdefghij"))
        manager = "" if number <= without else "Pa Qb"
        rows.append(f"{number},{name},p{number}@x.example,D,Active,{manager}")
    found = preview(HEADINGS, *rows).plan.manager_warning
    assert (found and found["key"]) == warning


def test_people_who_are_their_own_managers_have_none() -> None:
    names = ["Ines Roth", "Karl Mai", "Eva Lang", "Tom Uhl", "Bo Ude", "Ada Kern", "Lea Ott"]
    everybody = [
        f"{number},{name},p{number}@x.example,D,Active,{name}"
        for number, name in enumerate(names, start=1)
    ]
    only_top = [
        f"{number},{name},p{number}@x.example,D,Active,{names[0]}"
        for number, name in enumerate(names, start=1)
    ]
    assert preview(HEADINGS, *everybody).plan.manager_warning
    assert not preview(HEADINGS, *only_top).plan.manager_warning


@pytest.mark.parametrize("other", ["Hiring Manager", "Event Manager", "Stellv. Vorgesetzter"])
def test_a_clear_heading_wins_where_a_manager_is_outside_the_file(other: str) -> None:
    result = preview(
        f"Employee ID,Name,Email,Manager,{other}",
        "1,Ines Roth,ines@x.example,,Karl Mai",
        "2,Karl Mai,karl@x.example,Ines Roth,Ines Roth",
        "3,Eva Lang,eva@x.example,Ute Fern,Karl Mai",
        "4,Tom Uhl,tom@x.example,Karl Mai,Ines Roth",
    )
    assert result.mapping["manager_name"] == "Manager"
    assert codes(result) == [(4, "manager_unknown")]


@pytest.mark.parametrize(
    "heading",
    [
        "Acting Manager",
        "Interim Manager",
        "Old Manager",
        "Onboarding Manager",
        "Projekt-Manager",
        "Vorgesetzter (alt)",
    ],
)
def test_other_kinds_of_managers_are_no_managers(heading: str) -> None:
    result = preview(
        f"Employee ID,Name,Email,{heading}",
        "1,Ines Roth,ines@x.example,",
        "2,Karl Mai,karl@x.example,Ines Roth",
    )
    assert "manager_name" not in result.mapping


def test_desk_numbers_are_no_ids_of_managers() -> None:
    result = preview(
        "Employee ID,Name,Email,Desk,Manager ID",
        "1001,Ines Roth,ines@x.example,3,",
        "1002,Karl Mai,karl@x.example,1,4",
        "1003,Eva Lang,eva@x.example,4,4",
        "1004,Tom Uhl,tom@x.example,2,1",
    )
    assert "person_key" not in result.mapping
    assert {code for _row, code in codes(result)} == {"manager_unknown"}


@pytest.mark.parametrize(
    ("row", "errors"),
    [
        ("2,Zoe Neu,zoe@x.example,Ines Roth", [(3, "id_of_other")]),
        ("2,Karl Neu,karl.neu@x.example,Ines Roth", []),
        ("2,Zoe Neu,karl@x.example,Ines Roth", []),
    ],
)
def test_an_id_with_another_name_and_address_is_an_error(
    row: str, errors: list[tuple[int, str]]
) -> None:
    headings, top = "Employee ID,Name,Email,Manager", "1,Ines Roth,ines@x.example,"
    first = "\n".join([headings, top, "2,Karl Mai,karl@x.example,Ines Roth"])
    import_now(content=first.encode())

    result = preview(headings, top, row)

    assert codes(result) == errors
    assert not result.plan.leaving
    assert not (errors and result.plan.changed)


def notes(result: Result) -> list[str]:
    """The notes about columns of managers, in words."""
    return [in_words(note) for note in result.plan.notes if note["key"].startswith("managers_")]


def test_a_second_column_of_managers_is_named() -> None:
    result = preview(
        "Employee ID,Name,Email,Manager,Supervisor",
        "1,Ines Roth,ines@x.example,,",
        "2,Karl Mai,karl@x.example,Ines Roth,Ines Roth",
        "3,Eva Lang,eva@x.example,Ines Roth,Karl Mai",
    )
    (note,) = notes(result)
    assert note.endswith("seem to name managers too and were not used: Supervisor.")


def test_columns_that_are_all_used_are_not_named() -> None:
    result = preview(
        "Employee ID,Name,Email,Manager,Manager ID",
        "1,Ines Roth,ines@x.example,,",
        "2,Karl Mai,karl@x.example,Ines Roth,1",
    )
    assert notes(result) == []


def test_a_column_of_keys_with_an_unknown_heading_is_named() -> None:
    result = preview(
        "Employee ID,Name,Email,Slot,Manager ID",
        "1,Ines Roth,ines@x.example,A-31,",
        "2,Karl Mai,karl@x.example,A-12,A-31",
        "3,Eva Lang,eva@x.example,A-44,A-12",
    )
    assert result.mapping["person_key"] == "Slot"
    assert "“Slot”" in notes(result)[0]
