"""Whether a status says that somebody has left, and what the column as a whole says about that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from accounts.directory.columns.headings import BRACKETS, COLUMNS, has_word, key, words_of
from accounts.directory.values.cells import EMPTY, NO, WORDS, YES, YES_OR_NO
from accounts.domain.names import plain

HERE = frozenset(WORDS["here"])
LEFT = frozenset(WORDS["left"])
ON_LEAVE_WORDS = frozenset(WORDS["on_leave_words"])
HERE_WORDS = frozenset([*WORDS["here_words"], *WORDS["kind_words"]]) | ON_LEAVE_WORDS
LEFT_WORDS = frozenset(WORDS["left_words"])
KINDS_OF_WORK = frozenset([*WORDS["kind_words"], *WORDS["neutral_words"]])
NOT = frozenset(WORDS["not"])
MAIN = frozenset(WORDS["main"])
BESIDE = frozenset(WORDS["beside"])

LEFT_IF_YES = frozenset(COLUMNS["left_if_yes"])
HERE_IF_YES = frozenset(COLUMNS["here_if_yes"])
LEFT_QUESTION = frozenset(COLUMNS["left_question_words"])
HERE_QUESTION = frozenset(COLUMNS["here_question_words"])
LETTERS = {"t", "f"}  # for true and false, unless there are codes of other letters beside them
FLAGS = "useraccountcontrol"
ACCOUNT_DISABLED = 2


@dataclass(frozen=True, slots=True)
class StatusColumn:
    """How the cells of one column tell who has left.

    `question` is "left" or "here" where yes and no are the answer. Where it is "here" and nobody's
    answer is no, the empty cells are those of people who have left (`empty_is_left`).
    """

    question: str = ""
    answers: frozenset[str] = frozenset()
    is_flags: bool = False
    empty_is_left: bool = False

    @classmethod
    def of(cls, heading: str, cells: Iterable[str]) -> StatusColumn:
        """Learn from the cells of the column. Each different text is enough."""
        different = {cell.casefold() for cell in cells}
        filled = different - EMPTY - {""}
        only_answers = filled <= YES_OR_NO
        only_yes = bool(filled) and filled <= YES
        question = question_of(heading)
        if not question and only_answers and filled & YES and filled & NO:
            question = "here"
        return cls(
            question,
            YES_OR_NO if only_answers else YES_OR_NO - LETTERS,
            is_flags=key(heading) == FLAGS,
            empty_is_left=question == "here" and only_yes and different != filled,
        )

    def is_gone(self, status: str) -> bool | None:
        """As `is_gone`, for a cell of this column."""
        if self.is_flags and status.isdecimal():
            return bool(int(status[:18]) & ACCOUNT_DISABLED)
        answer = status.casefold()
        if self.question and answer in self.answers:
            return (answer in YES) == (self.question == "left")
        return is_gone(status)

    def understands(self, status: str) -> bool:
        """Whether a cell says that somebody is here or has left."""
        return self.is_gone(status) is not None


def question_of(heading: str) -> str:
    """What a column with yes and no asks: "left", "here", or "" where the heading does not say."""
    asked = words_of(BRACKETS.sub("", heading))
    if asked in LEFT_IF_YES:
        return "left"
    return "here" if asked in HERE_IF_YES else question_in_words(heading)


def question_in_words(heading: str) -> str:
    """As `question_of`, by single words: "Is the employee terminated?", "Still employed"."""
    words = set(words_of(heading).split())
    if words & ON_LEAVE_WORDS or has_word(heading, COLUMNS["no_state_words"]):
        return ""
    asks_left, asks_here = bool(words & LEFT_QUESTION), bool(words & HERE_QUESTION)
    if asks_left == asks_here:
        return ""
    is_turned = bool(words & NOT)
    return "left" if asks_left != is_turned else "here"


@lru_cache(maxsize=5_000)
def is_gone(status: str) -> bool | None:
    """Whether a status says that the person has left; None where it is not understood."""
    words = words_in(status)
    text = " ".join(words)
    if not status.strip() or text in HERE:
        return False
    return True if text in LEFT else is_gone_by_words(words)


def is_gone_by_words(words: Sequence[str]) -> bool | None:
    """As `is_gone`, by the words of a status; None where they contradict each other."""
    if not NOT.isdisjoint(words):
        return None
    says_left, says_here = not LEFT_WORDS.isdisjoint(words), not HERE_WORDS.isdisjoint(words)
    return None if says_left == says_here else says_left


def is_kind_of_work(status: str) -> bool:
    """Whether a status says how somebody works, such as "Full-time", and nothing else."""
    words = words_in(status)
    return bool(words) and KINDS_OF_WORK.issuperset(words)


def is_on_leave(status: str) -> bool:
    """Whether a status speaks of leave."""
    return not ON_LEAVE_WORDS.isdisjoint(words_in(status))


def is_main_contract(text: str) -> bool | None:
    """Whether a cell marks the main one of several contracts; None where it does not say."""
    if text.casefold() in YES_OR_NO:
        return text.casefold() in YES
    said = " ".join(words_in(text))
    if said in MAIN:
        return True
    return False if said in BESIDE else None


def words_in(status: str) -> list[str]:
    """The words and numbers of a status without accents: "ACTIVE_PROCESS" has two."""
    return re.findall(r"[a-z0-9]+", plain(status))
