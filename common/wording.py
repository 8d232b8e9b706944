"""What forms say where something is wrong: our own sentences in place of Django's.

They say what to do, and never repeat an id that nobody can read. Set before any form is defined
(common/apps.py). A form may still say something better about a field of its own.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import validators
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

FILL_IN = _("Please fill this in.")
CHOOSE = _("Please choose one.")
GONE = _("What was chosen here is no longer possible. Please choose again.")
SOME_GONE = _("Something that was chosen here is no longer possible. Please look at it again.")
CHOOSE_FILE = _("Please choose a file.")

OF_FIELDS: dict[type[forms.Field], dict[str, Any]] = {
    forms.Field: {"required": FILL_IN},
    forms.IntegerField: {"invalid": _("Write a whole number, such as 12.")},
    forms.FloatField: {"invalid": _("Write a number, such as 12 or 12.5.")},
    forms.DecimalField: {"invalid": _("Write a number, such as 12 or 12.5.")},
    forms.DateField: {"invalid": _("Write a day of the calendar, such as 2027-03-12.")},
    forms.TimeField: {"invalid": _("Write a time of day, such as 14:30.")},
    forms.DateTimeField: {"invalid": _("Write a day and a time, such as 2027-03-12 14:30.")},
    forms.URLField: {"invalid": _("Write a whole web address, such as https://example.com/room.")},
    forms.UUIDField: {"invalid": GONE},
    forms.BooleanField: {"required": _("Please tick this.")},
    forms.ChoiceField: {"required": CHOOSE, "invalid_choice": GONE},
    forms.TypedChoiceField: {"invalid_choice": GONE},
    forms.MultipleChoiceField: {
        "required": _("Please choose at least one."),
        "invalid_choice": SOME_GONE,
        "invalid_list": SOME_GONE,
    },
    forms.ModelChoiceField: {"required": CHOOSE, "invalid_choice": GONE},
    forms.ModelMultipleChoiceField: {
        "required": _("Please choose at least one."),
        "invalid_choice": SOME_GONE,
        "invalid_list": SOME_GONE,
        "invalid_pk_value": SOME_GONE,
    },
    forms.FileField: {
        "required": CHOOSE_FILE,
        "invalid": CHOOSE_FILE,
        "missing": CHOOSE_FILE,
        "empty": _("This file is empty. Please choose another one."),
        "max_length": _("The name of this file is too long. Please give it a shorter one."),
        "contradiction": _("Please either choose a file or tick the box, not both."),
    },
}
TOO_MANY_FORMS = _("This is more than one page takes. Please send less at once.")
OF_FORMSETS = {
    "missing_management_form": _("Something of this page did not arrive. Please reload it."),
    "too_many_forms": TOO_MANY_FORMS,
    "too_few_forms": _("Something is missing here. Please fill in one more."),
}
OF_VALIDATORS: dict[type, Any] = {
    validators.EmailValidator: _("Write a whole e-mail address, such as mia@example.com."),
    validators.URLValidator: _("Write a whole web address, such as https://example.com/room."),
    validators.MinValueValidator: _("Choose %(limit_value)s or more."),
    validators.MaxValueValidator: _("Choose %(limit_value)s or less."),
    validators.StepValueValidator: _("Choose a multiple of %(limit_value)s."),
    validators.MinLengthValidator: ngettext_lazy(
        "Write at least %(limit_value)d character.",
        "Write at least %(limit_value)d characters.",
        "limit_value",
    ),
    validators.MaxLengthValidator: ngettext_lazy(
        "%(show_value)d characters; at most %(limit_value)d is possible. Please shorten it.",
        "%(show_value)d characters; at most %(limit_value)d are possible. Please shorten it.",
        "limit_value",
    ),
    validators.ProhibitNullCharactersValidator: _(
        "There is a character that cannot be shown. Please type the text again."
    ),
}
OF_DECIMALS = {
    "invalid": _("Write a number, such as 12 or 12.5."),
    "max_digits": _("This number has too many digits. Please write a shorter one."),
    "max_decimal_places": _("Write fewer digits after the decimal point."),
    "max_whole_digits": _("This number is too large. Please write a smaller one."),
}


def use() -> None:
    """From now on forms use these sentences, and tell browsers no `maxlength`.

    With it browsers cut what is pasted, and say nothing.
    """
    forms.CharField.widget_attrs = forms.Field.widget_attrs  # type: ignore[method-assign]
    for field, messages in OF_FIELDS.items():
        field.default_error_messages = {
            **field.__dict__.get("default_error_messages", {}),
            **messages,
        }
    formset: Any = forms.BaseFormSet
    formset.default_error_messages = {**formset.default_error_messages, **OF_FORMSETS}
    for validator, message in OF_VALIDATORS.items():
        validator.message = message  # type: ignore[attr-defined]
    decimals: Any = validators.DecimalValidator
    decimals.messages = {**decimals.messages, **OF_DECIMALS}
