"""Choices of accounts."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ImportState(models.TextChoices):
    """uploaded → checking → checked → applying → applied; or failed, discarded.

    Back to uploaded for other columns.
    """

    UPLOADED = "uploaded", _("Uploaded")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Ready to apply")
    APPLYING = "applying", _("Being applied")
    APPLIED = "applied", pgettext_lazy("import", "Applied")
    FAILED = "failed", _("Failed")
    DISCARDED = "discarded", _("Discarded")


class AddressChangeState(models.TextChoices):
    """A changed e-mail address waits until it is confirmed or stopped."""

    PENDING = "pending", _("To confirm")
    CONFIRMED = "confirmed", _("Confirmed")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("No longer needed")
    STOPPED = "stopped", _("Stopped by one of the addresses")


class FactorResetState(models.TextChoices):
    """A second factor is lost: one HR admin asks for its reset, another one decides."""

    PENDING = "pending", _("To confirm")
    CONFIRMED = "confirmed", _("Confirmed")
    REJECTED = "rejected", _("Rejected")


class DirectoryState(models.TextChoices):
    """A person in the company's directory: unknown → listed → left → listed again."""

    UNKNOWN = "unknown", _("Not from the directory")
    LISTED = "listed", _("In the directory")
    LEFT = "left", _("Left the directory")


class CalendarProblem(models.TextChoices):
    """Why a person's own calendar could not be read."""

    # the same words, so that nobody can find out which addresses exist inside the company
    FORBIDDEN = "forbidden", _("No public server answered at this address.")
    UNREACHABLE = "unreachable", _("No public server answered at this address.")
    REFUSED = (
        "refused",
        _("The address was refused. Perhaps it is published no longer, or it asks for a password."),
    )
    MOVED = "moved", _("The address leads on to another one. Enter that one instead.")
    SERVER_ERROR = (
        "server_error",
        _("The server answered with an error. We try again later; nothing needs to be done now."),
    )
    WEB_PAGE = (
        "web_page",
        _(
            "The address leads to a web page, not to a calendar. Enter the address of the calendar "
            "itself: in Outlook it is called ICS, elsewhere iCal."
        ),
    )
    TOO_LARGE = "too_large", _("The calendar is too large to be read.")
    NO_CALENDAR = (
        "no_calendar",
        _("This is not a calendar. Look for the address in iCal format, which often ends in .ics."),
    )
