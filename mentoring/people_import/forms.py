"""The forms of the directory import."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.directory.files.reading import check_length
from accounts.directory.files.text import ENCODINGS
from accounts.directory.mapping import FIELDS
from accounts.directory.values.dates import DAY_FIRST, MONTH_FIRST, ORDERS, YEAR_FIRST, DateReader
from accounts.models import DirectoryImport
from mentoring.people_import.steps import content_of, is_text


class UploadForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=_("The directory as CSV or XLSX"),
        max_length=255,
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
        help_text=_("Up to 20 MB and 100,000 people, with headings in the first row."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,text/csv"}),
    )

    def clean_file(self) -> Any:
        """Refuse a file that is too large before anything is read."""
        file = self.cleaned_data["file"]
        check_length(file.size)
        return file


class ColumnsForm(forms.Form):
    """Which column is which field, and how to read the file."""

    def __init__(self, data: Any, *, item: DirectoryImport) -> None:
        super().__init__(data, initial={**item.options, **item.mapping})
        self._add_columns(item.headings)
        if is_text(content_of(item)):
            self._add_encoding()
        self._add_date_order()
        self.fields["partial"] = forms.BooleanField(
            label=_("This file is only a part of the company"),
            required=False,
            help_text=_("People who are not in it are not treated as leavers."),
        )

    def _add_columns(self, headings: list[str]) -> None:
        """A choice of headings for each field of the directory."""
        choices = [("", gettext("– not in the file –"))]
        choices += [(heading, heading) for heading in headings]
        for name, label in FIELDS.items():
            field = forms.ChoiceField(label=str(label), choices=choices, required=False)
            field.unmarked = True  # type: ignore[attr-defined]
            self.fields[name] = field

    def _add_encoding(self) -> None:
        """CSV does not say its encoding."""
        field = forms.ChoiceField(
            label=_("Encoding"),
            choices=[("", _("Detected automatically")), *ENCODINGS.items()],
            required=False,
            help_text=_("Change this only if letters look wrong below."),
        )
        field.unmarked = True  # type: ignore[attr-defined]
        self.fields["encoding"] = field

    def _add_date_order(self) -> None:
        """Where all numbers of days are small, a file does not tell their order."""
        choices = [
            ("", _("Detected automatically")),
            (DAY_FIRST, _("Day first")),
            (MONTH_FIRST, _("Month first")),
            (YEAR_FIRST, _("Year first")),
        ]
        field = forms.ChoiceField(
            label=_("Dates such as 03/04/2020 or 03-04-20"), choices=choices, required=False
        )
        field.unmarked = True  # type: ignore[attr-defined]
        self.fields["date_order"] = field

    @property
    def mapping(self) -> dict[str, str]:
        """{field: heading} as chosen, without fields that are not in the file."""
        chosen = {field: self.cleaned_data.get(field) for field in FIELDS}
        return {field: heading for field, heading in chosen.items() if heading}


class DateOrderForm(forms.Form):
    """Which comes first in the dates of a file that does not tell: day, month or year."""

    date_order = forms.ChoiceField(widget=forms.RadioSelect)

    def __init__(self, data: Any, *, example: str) -> None:
        super().__init__(data)
        question = gettext("What does %(date)s in this file mean?") % {"date": example}
        field = cast("forms.ChoiceField", self.fields["date_order"])
        field.label = question
        field.choices = [
            (order, date_format(day, "DATE_FORMAT"))
            for order in ORDERS
            if (day := day_in(example, order))
        ]


def day_in(example: str, order: str) -> date | None:
    """The day that a text means in this order, a future one too; None if it means none."""
    return DateReader(order, past=True).read(example) or DateReader(order).read(example)


class ApplyForm(forms.Form):
    """What has to be confirmed before an import is applied."""

    confirm_managers = forms.BooleanField(
        required=False,
        label=_("Continue although managers are missing: people can be matched with their boss"),
    )
    confirm_errors = forms.BooleanField(required=False)
    confirm_leavers = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, item: DirectoryImport) -> None:
        super().__init__(data)
        if not item.preview.get("manager_warning"):
            del self.fields["confirm_managers"]
        counts = item.preview.get("counts", {})
        if counts.get("error_rows"):
            self._ask_about_errors(counts["error_rows"])
        else:
            del self.fields["confirm_errors"]
        if item.preview.get("many_leave"):
            self._ask_about_leavers(counts.get("leaving", 0), counts.get("active", 0))
        else:
            del self.fields["confirm_leavers"]

    def _ask_about_errors(self, rows: int) -> None:
        without_errors = _(
            "Continue without the %(count)d rows with errors. Nothing changes for the people "
            "in them."
        )
        self.fields["confirm_errors"].label = without_errors % {"count": rows}

    def _ask_about_leavers(self, leaving: int, active: int) -> None:
        have_left = _(
            "Yes, %(leaving)d of %(active)d people have left. Their sign-in ends and their "
            "pairs pause."
        )
        self.fields["confirm_leavers"].label = have_left % {"leaving": leaving, "active": active}
