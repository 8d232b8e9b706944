"""What forms of all apps share."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from django import forms
from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from common.fields import LineField


class _CatchRefusal:
    """A `with` block that catches a DomainError, and nothing else."""

    def __enter__(self) -> None:
        """Start the block."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        """Catch a DomainError."""
        if not isinstance(error, DomainError):
            return False
        self.show(error)
        return True

    def show(self, error: DomainError) -> None:
        """Tell the person what was refused."""
        raise NotImplementedError


class show_refusal(_CatchRefusal):  # noqa: N801 - reads as a verb, like `suppress`
    """Catch what the domain refuses in a `with` block and show it in the form.

    The error goes to the field that its code names, else to `field`, else above the form. The
    block ends with the redirect, so code after it runs only when the form is shown again::

        if form.is_valid():
            with show_refusal(form):
                goals.set_goal(actor=request.user, **form.cleaned_data)
                return redirect_htmx(request, "goals:goal_list")
        return form_page(request, "goals/goal_new.html", form)
    """

    def __init__(self, form: BaseForm, field: str | None = None) -> None:
        self.form = form
        self.field = field

    def show(self, error: DomainError) -> None:
        """Add the error to the form."""
        code = getattr(error, "code", None)
        field = code if code in self.form.fields else self.field
        self.form.add_error(field, error)


class announce_refusal(_CatchRefusal):  # noqa: N801 - reads as a verb, like `suppress`
    """Catch what the domain refuses in a `with` block and show it as a message on the next page.

    For buttons that have no page of their own.
    """

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def show(self, error: DomainError) -> None:
        """Add the message."""
        messages.error(self.request, " ".join(error.messages))


class _EmptyBox(forms.CheckboxInput):
    """A box that stands for one value, and is not ticked whatever was posted."""

    def __init__(self, meant: str) -> None:
        super().__init__(check_test=lambda _value: False)
        self.meant = meant

    def format_value(self, value: Any) -> str:
        """The value that ticking it sends."""
        return self.meant


class AsksBack(forms.Form):
    """A form that questions what is unlikely and may be right all the same.

    `clean` calls `ask_back` with its doubts. Each is an error at its field, and a tick appears that
    lets these very values pass.
    """

    sure = LineField(
        label=_("Yes, this is right"), initial="", required=False, widget=forms.HiddenInput
    )

    def ask_back(self, doubts: dict[str, str]) -> None:
        """Question the fields that have a doubt and no error, unless these values were ticked."""
        asked = {name: words for name, words in doubts.items() if name not in self.errors}
        values = [f"{name}={self.data.get(self.add_prefix(name), '')}" for name in asked]
        meant = "; ".join(values)
        if not asked or self.cleaned_data.get("sure") == meant:
            return
        for name, words in asked.items():
            self.add_error(name, words)
        self.fields["sure"].widget = _EmptyBox(meant)
