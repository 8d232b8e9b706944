"""What a program calls its two sides, on pages, in mails and in the texts that people write.

The words are data of the program ("mentor" and "mentee" unless it says otherwise). Code and pages
that span programs say mentor and mentee.
"""

from __future__ import annotations

from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from programs.enums import PairRole
from programs.models import Program


def side_label(program: Program, role: str, *, plural: bool = False) -> str:
    """The program's word for one person, or for several, of this role."""
    if role == PairRole.MENTOR:
        return _as_noun(program.mentors_label if plural else program.mentor_label)
    return _as_noun(program.mentees_label if plural else program.mentee_label)


def _as_noun(word: str) -> str:
    """The word as the reader's language writes it in a sentence: German nouns have a capital."""
    return capfirst(word) if (get_language() or "").startswith("de") else word


def side_labels(program: Program) -> dict[str, str]:
    """{role: the program's word for one person of it}, the mentor first."""
    return {role: side_label(program, role) for role in (PairRole.MENTOR, PairRole.MENTEE)}


def with_labels(text: str, program: Program | None) -> str:
    """Replace {mentor}, {mentors}, {mentee} and {mentees}; {Mentor} gives a capital letter.

    Without a program, by the words of pages that span programs. Literal replacement: other braces
    stay as they are, and no attribute can be reached.
    """
    if program is None:
        program = Program(
            mentor_label=_("mentor"),
            mentors_label=_("mentors"),
            mentee_label=_("mentee"),
            mentees_label=_("mentees"),
        )
    words = {
        "mentor": _as_noun(program.mentor_label),
        "mentors": _as_noun(program.mentors_label),
        "mentee": _as_noun(program.mentee_label),
        "mentees": _as_noun(program.mentees_label),
    }
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", word)
        text = text.replace(f"{{{name.capitalize()}}}", capfirst(word))
    return text
