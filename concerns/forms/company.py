"""What HR fills in for the whole company."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.person_field import PersonField
from common.changes import NoticesChanges
from common.fields import LinesField
from concerns.models import TalkSettings
from programs.enums import SAFE_ROLES, StaffRole


class ContactForm(forms.Form):
    """Somebody is named as the company's safe contact or deputy."""

    person = PersonField(label=_("Name"))
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(role.value, role.label) for role in StaffRole if role in SAFE_ROLES],
    )


class TalkSettingsForm(NoticesChanges, forms.Form):
    """The outside line, and what the law says of this channel."""

    outside_line = LinesField(
        label=_("A line outside the company"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "An ombudsperson or a help line, with number or address. Everybody reads it, also "
            "without signing in."
        ),
    )
    is_statutory = forms.BooleanField(
        label=_("This is our internal reporting channel under the law, too"),
        required=False,
        help_text=_(
            "Directive (EU) 2019/1937. Otherwise the page says that it is not. Ask your legal "
            "department first."
        ),
    )

    def __init__(self, *args: Any, settings: TalkSettings, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "outside_line": settings.outside_line,
            "is_statutory": settings.is_statutory,
        }
        super().__init__(*args, **kwargs)
