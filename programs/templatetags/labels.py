"""What a program calls its two sides; builtins, so that no {% load %} is needed.

{% side_label program "mentor" %}              the program's word for a mentor
{% side_label program role plural=True %}      the word for several
{% side_label program role capital=True %}     with a capital letter, for headings and cells
{{ text|with_labels:program }}                 a text with {mentor}, {mentees} … replaced

And {% program_places %}: the places of the program, with the open page's own marked.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils.text import capfirst

from programs import labels, places
from programs.models import Program

register = template.Library()


@register.simple_tag
def side_label(program: Program, role: str, plural: bool = False, capital: bool = False) -> str:
    """The program's word for one of its two sides."""
    label = labels.side_label(program, role, plural=plural)
    return capfirst(label) if capital else label


@register.filter
def with_labels(text: str, program: Program | None) -> str:
    """A text that people wrote, in the program's words for its two sides."""
    return labels.with_labels(str(text), program)


@register.inclusion_tag("programs/program_places.html", takes_context=True)
def program_places(context: Context) -> dict[str, Any]:
    """The places of the program, and the parts of the one that is open."""
    request, program = context["request"], context["program"]
    page = request.resolver_match.view_name
    return {
        "request": request,
        "places": places.links_of(program, page),
        "parts": list(places.part_links_of(program, request.user, page)),
    }
