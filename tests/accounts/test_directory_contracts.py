"""Of several rows of a person, the one of the main contract counts where the file says which."""

from __future__ import annotations

import pytest

from accounts.directory.problems import worded
from mentoring.people_import.import_now import Result, import_now

pytestmark = pytest.mark.django_db


def preview(heading: str, first: str, second: str) -> Result:
    """Two rows of Ines Roth, with these cells under a heading."""
    text = f"""\
Employee ID,Name,Email,Job Title,Department,{heading}
1,Ines Roth,ines@x.example,Clerk,Finance,{first}
1,Ines Roth,ines@x.example,Controller,Board,{second}
"""
    return import_now(content=text.encode(), dry_run=True, confirm_managers=True)


@pytest.mark.parametrize(
    ("heading", "first", "second"),
    [
        ("Primary", "No", "Yes"),
        ("Primary", "", "x"),
        ("Is Primary Job", "0", "1"),
        ("Primary Job", "No", "Yes"),
        ("Hauptvertrag", "nein", "ja"),
        ("Primary Assignment Flag", "N", "Y"),
        ("JOB_INDICATOR", "S", "P"),
        ("Assignment Type", "Secondary", "Primary"),
        ("Hauptbeschäftigung (ja/nein)", "nein", "ja"),
    ],
)
def test_the_main_contract_counts(heading: str, first: str, second: str) -> None:
    plan = preview(heading, first, second).plan
    (new,) = plan.new
    assert (new.values["job_title"], new.values["department"]) == ("Controller", "Board")
    (problem,) = [worded(found.as_json()) for found in plan.problems]
    assert "row 3 is used, as it is the main contract" in problem["problem"]


@pytest.mark.parametrize(
    ("heading", "first", "second"),
    [("Primary", "Yes", "Yes"), ("Primary", "", ""), ("Remark", "No", "Yes")],
)
def test_the_first_row_counts_where_the_file_does_not_say(
    heading: str, first: str, second: str
) -> None:
    plan = preview(heading, first, second).plan
    assert plan.new[0].values["job_title"] == "Clerk"
    assert [problem.code for problem in plan.problems] == ["several_rows_differ"]
