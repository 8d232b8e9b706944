"""What a program calls its two sides; builtins, so that no {% load %} is needed.

{% side_label program "mentor" %}              the program's word for a mentor
{% side_label program role plural=True %}      the word for several
{% side_label program role capital=True %}     with a capital letter, for headings and cells
{{ text|with_labels:program }}                 a text with {mentor}, {mentees} … replaced
"""

from __future__ import annotations

from django import template
from django.utils.text import capfirst

from programs import labels
from programs.models import Program

register = template.Library()


@register.simple_tag
def side_label(program: Program, role: str, plural: bool = False, capital: bool = False) -> str:
    """The program's word for one of its two sides."""
    label = labels.side_label(program, role, plural=plural)
    return capfirst(label) if capital else label


@register.filter
def with_labels(text: str, program: Program) -> str:
    """A text that people wrote, in the program's words for its two sides."""
    return labels.with_labels(str(text), program)
