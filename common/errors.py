"""Problems that a person can do something about."""

from __future__ import annotations

from django.core.exceptions import ValidationError


class DomainError(ValidationError):
    """A rule of the domain says no.

    The message tells what is wrong and what to do; views show it beside the form.

    A subclass of ValidationError, so that `form.add_error(field, error)` takes it as it is.
    """
