"""Which field of the directory a heading names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from accounts.directory.data import load
from accounts.domain.names import plain

BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
WORD = re.compile(r"[a-z0-9]+")
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

# How much less a heading says when it was shortened, or is one that names several things.
PER_PLACE = 0.005
SHORTENED = 0.02
WITHOUT_FILLERS = 0.06
FOR_WORK = 0.1  # how much more an address says that is named as one for work
WEAK = 0.4
ANY_MANAGER = 0.3
MANAGER_FIELDS = ("manager_id", "manager_email", "manager_name")


def key(heading: str) -> str:
    """A heading as it is compared: "EMPLOYEE_ID" and "Employee-ID" are both "employeeid"."""
    text = heading.replace("'", "").replace("’", "").replace("#", " number ")
    return "".join(WORD.findall(plain(text)))


@lru_cache(maxsize=1_000)
def words_of(heading: str) -> str:
    """The words of a heading between blanks: "ReportsTo_ID" is "reports to id"."""
    return " ".join(WORD.findall(plain(HUMP.sub(" ", heading))))


def has_word(heading: str, words: list[str]) -> bool:
    """Whether one of the words (or groups of words) is in a heading, as a whole word."""
    text = f" {words_of(heading)} "
    return any(f" {word} " in text for word in words)


def places(listed: dict[str, list[str]]) -> dict[str, dict[str, int]]:
    """{heading as it is compared: {field: its place in the list of this field}}."""
    found: dict[str, dict[str, int]] = {}
    for field, headings in listed.items():
        for place, heading in enumerate(headings):
            found.setdefault(key(heading), {}).setdefault(field, place)
    return found


COLUMNS = load("columns")
KNOWN = places(load("headings"))
WEAKLY_KNOWN = places(COLUMNS["weak"])
FILLERS = re.compile(r"\b(?:" + "|".join(COLUMNS["fillers"]) + r")\b")


@lru_cache(maxsize=4_096)
def fields_named(heading: str) -> dict[str, float]:
    """{field: how clearly the heading names it, 1 at most}; empty for a heading that is unknown."""
    if is_nearest(heading):
        return {"manager_name": WEAK}
    if heading.endswith(DEEPEST):
        return {"department": WEAK}
    found = fields_listed(heading)
    return of_manager(heading, found) if is_about_manager(heading) else of_person(heading, found)


def fields_listed(heading: str) -> dict[str, float]:
    """{field: how clearly} of the fields whose lists have the heading in one of its spellings."""
    found: dict[str, float] = {}
    for text, penalty in spellings(heading):
        spelled = key(text)
        for listed, clearly in ((KNOWN, 1.0), (WEAKLY_KNOWN, WEAK)):
            for field, place in listed.get(spelled, {}).items():
                found.setdefault(field, clearly - place * PER_PLACE - penalty)
    return found


def of_person(heading: str, found: dict[str, float]) -> dict[str, float]:
    """What names the person: nothing of other people, and no private address."""
    is_exact = key(heading) in KNOWN
    if not is_exact and has_word(heading, COLUMNS["other_people_words"]):
        return {}
    if is_private(heading):
        found.pop("email", None)
    elif "email" in found and has_word(heading, COLUMNS["work_words"]):
        found["email"] += FOR_WORK
    return found


def is_private(heading: str) -> bool:
    """Whether a heading speaks of private addresses, and not of those for work."""
    is_of_work = has_word(heading, COLUMNS["work_words"])
    return has_word(heading, COLUMNS["private_words"]) and not is_of_work


def of_manager(heading: str, found: dict[str, float]) -> dict[str, float]:
    """A heading about managers names nothing else, and perhaps none of the fields clearly."""
    if is_about_other_manager(heading):
        return {}
    clear = {field: score for field, score in found.items() if field in MANAGER_FIELDS}
    return clear or dict.fromkeys(MANAGER_FIELDS, ANY_MANAGER)


@lru_cache(maxsize=4_096)
def is_about_manager(heading: str) -> bool:
    """Whether a heading speaks of somebody's manager."""
    has_stem = any(stem in words_of(heading) for stem in COLUMNS["manager_stems"])
    is_of_others = any(stem in words_of(heading) for stem in COLUMNS["no_manager_stems"])
    return has_word(heading, COLUMNS["manager_words"]) or (has_stem and not is_of_others)


def is_about_other_manager(heading: str) -> bool:
    """Whether a heading speaks of a manager who is not the direct one, or of something else."""
    is_of_others = any(stem in words_of(heading) for stem in COLUMNS["no_manager_stems"])
    return is_of_others or has_word(heading, COLUMNS["no_manager_words"])


def spellings(heading: str) -> Iterator[tuple[str, float]]:
    """The heading as it is and in shorter forms, each with how much less it says."""
    short = BRACKETS.sub("", heading)
    after_colon = short.rpartition(":")[2]
    yield heading, 0.0
    for text in dict.fromkeys([short, after_colon, before_slash(short), after_dash(short)]):
        yield text, SHORTENED
    yield FILLERS.sub(" ", words_of(after_colon)), WITHOUT_FILLERS


def before_slash(heading: str) -> str:
    """The "Department" of "Department/Complete Name"; other headings as they are."""
    before, _slash, behind = heading.rpartition("/")
    return before if before and words_of(behind) in COLUMNS["names_behind_slash"] else heading


def after_dash(heading: str) -> str:
    """The "Legal First Name" of "Legal Name - First Name", or what is behind the dash."""
    before, dash, behind = heading.rpartition(" - ")
    if not dash or is_private(before):
        return heading
    joined = f"{words_of(before).removesuffix(' name')} {behind}"
    is_listed = key(joined) in KNOWN or key(joined) in WEAKLY_KNOWN
    return joined if is_listed else behind


def is_known(cell: str) -> bool:
    """Whether a cell could be a heading, because it names a field."""
    if not cell or len(cell) > 100:
        return False
    return max(fields_named(cell).values(), default=0) > ANY_MANAGER


NEAREST = "(nearest)"
DEEPEST = "(deepest)"


def is_nearest(heading: str) -> bool:
    """Whether this is the column that was made from a chain of managers."""
    return heading.endswith(NEAREST)


def is_part_of_company(heading: str) -> bool:
    """Whether a heading speaks of departments, teams and the like."""
    return has_word(heading, COLUMNS["department_words"])
