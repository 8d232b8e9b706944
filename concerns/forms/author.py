"""What an author fills in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common.fields import LineField, LinesField
from concerns.domain.routing import Route

MOST_TEXT = 5_000


class WriteForm(forms.Form):
    """To whom, and what."""

    contact = forms.ChoiceField(
        label=_("Who reads it"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose who reads it."),
            "invalid_choice": _("This person does not listen any more. Choose who reads it."),
        },
    )
    text = LinesField(
        label=_("What happened?"), max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 10})
    )

    def __init__(self, *args: Any, routes: list[Route], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.routes = {str(route.contact.public_id): route for route in routes}
        choices = [(key, _words(route)) for key, route in self.routes.items()]
        self.fields["contact"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["contact"].initial = choices[0][0]

    def route(self) -> Route:
        """The one that was chosen."""
        return self.routes[self.cleaned_data["contact"]]


def _words(route: Route) -> str:
    """Who reads it, and who does when the promised time is over."""
    if route.deputy is None:
        return _now("%(name)s. Nobody stands in.") % {"name": route.contact.name}
    names = {"name": route.contact.name, "deputy": route.deputy.name}
    return _now("%(name)s. Deputy: %(deputy)s.") % names


class CodeForm(forms.Form):
    """The reply code, as it was shown or without hyphens."""

    code = LineField(
        label=_("Reply code"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=_("Capital or small letters, with or without hyphens."),
    )


class WriteMoreForm(forms.Form):
    """What an author adds to the thread."""

    text = LinesField(
        label=_("Write more"), max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 6})
    )
