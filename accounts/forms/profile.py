"""Forms about oneself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import URLValidator
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from accounts.domain.names import plain
from accounts.forms.person_field import PersonField
from accounts.models import User
from common.changes import NoticesChanges
from common.fields import LineField
from common.timezones import zone_names

# Languages in which people meet, by their ISO 639-1 codes. Pages come in settings.LANGUAGES.
MEETING_LANGUAGES = [
    "ar", "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "he", "hi", "hr", "hu",
    "id", "it", "ja", "ko", "lt", "lv", "nl", "nb", "pl", "pt", "ro", "ru", "sk", "sl", "sr",
    "sv", "th", "tr", "uk", "ur", "vi", "zh-hans",
]  # fmt: skip


def language_choices() -> list[tuple[str, str]]:
    """(code, name in the reader's language), by name."""
    named = [(code, _name_of(code)) for code in MEETING_LANGUAGES]
    return sorted(named, key=lambda pair: plain(pair[1]))


def _name_of(code: str) -> str:
    """Django calls Norwegian "Norwegian Bokmal", in every language."""
    return str(_("Norwegian")) if code == "nb" else str(get_language_info(code)["name_translated"])


def zone_choices() -> list[tuple[str, str]]:
    """(IANA name, the same with spaces)."""
    return [(name, name.replace("_", " ")) for name in zone_names()]


class ProfileForm(NoticesChanges, forms.Form):
    """What a person may change about themselves."""

    preferred_name = LineField(
        label=_("What people call you"),
        max_length=100,
        required=False,
        help_text=_("Shown in place of your first name."),
    )
    pronouns = LineField(label=_("Pronouns"), max_length=40, required=False)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        help_text=_("All times you see and enter are in this zone."),
    )
    locale = forms.ChoiceField(label=_("Language of pages and mails"), choices=settings.LANGUAGES)
    join_link = forms.URLField(
        label=_("Your video call"),
        max_length=500,
        required=False,
        assume_scheme="https",
        validators=[
            URLValidator(schemes=["https"], message=_("Use a link that begins with https://."))
        ],
        help_text=_(
            "The address of your own meeting room, if you have one. It is filled in when a "
            "session is booked."
        ),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages you can have a conversation in"),
        choices=language_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Matching looks for a language that you both speak."),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        names = ("preferred_name", "pronouns", "time_zone", "locale", "join_link", "languages")
        kwargs["initial"] = {name: getattr(person, name) for name in names}
        super().__init__(*args, **kwargs)
        # a language or zone of the directory that is not in our list can still be chosen
        self.add_choices("languages", person.languages)
        self.add_choices("time_zone", [person.time_zone])

    def add_choices(self, name: str, codes: list[str]) -> None:
        """Offer these codes of a field, too."""
        field: Any = self.fields[name]
        known = dict(field.choices)
        field.choices = [*field.choices, *((code, code) for code in codes if code not in known)]


class DelegateForm(forms.Form):
    """Whom to name."""

    person = PersonField(label=_("Their name"))
    person.who_sees = "delegate"  # type: ignore[attr-defined]
