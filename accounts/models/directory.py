"""Directory imports and the address changes that they find."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import AddressChangeState, ImportState
from accounts.models.base import OfHR
from common.models import PublicModel


class DirectoryImport(PublicModel):
    """One uploaded export of the HR system, from upload to applied.

    `mapping` is {field: column heading}; `options` {"encoding": "" or a codec, "partial": the file
    is not the whole company, "date_order": "", "day", "month" or "year", "grades_by_depth": grades
    come from the reporting tree}; `preview` what the dry run found (counts, notes, samples);
    `differences` every change, a list of lists; `row_errors` a list of {row, column, value,
    problem, advice}. `fingerprint` names the difference that was shown, so that no other is
    applied. Content and differences are wiped once the import has ended, whichever way.
    """

    file_name = models.CharField(_("file"), max_length=255)
    content = models.BinaryField(_("content"), null=True)
    mapping = models.JSONField(_("columns"), default=dict)
    headings = models.JSONField(_("headings"), default=list)
    state = models.CharField(
        _("state"), max_length=12, choices=ImportState, default=ImportState.UPLOADED
    )
    progress = models.PositiveSmallIntegerField(_("progress in percent"), default=0)
    options = models.JSONField(_("options"), default=dict)
    preview = models.JSONField(_("what it will do"), default=dict)
    row_errors = models.JSONField(_("errors by row"), default=list)
    differences = models.JSONField(_("every change"), default=list)
    fingerprint = models.CharField(_("fingerprint of the difference"), max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(_("how often a worker has begun"), default=0)
    problem = models.TextField(_("why it failed"), blank=True)
    confirmed_leavers = models.BooleanField(_("many leavers confirmed"), default=False)
    confirmed_managers = models.BooleanField(_("go on with managers missing"), default=False)
    confirmed_errors = models.BooleanField(_("go on without the rows with errors"), default=False)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)

    objects = OfHR.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="import_progress_percent"),
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state="applying"),
                name="import_applying_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["applied", "failed", "discarded"])
                | Q(content__isnull=True),
                name="import_content_wiped_at_the_end",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class AddressChangeQuerySet(OfHR):
    """Address changes."""

    def pending(self) -> AddressChangeQuerySet:
        """Those that are not decided yet."""
        return self.filter(state=AddressChangeState.PENDING)

    def with_people(self) -> AddressChangeQuerySet:
        """With the person, whoever entered it and whoever decided, in the same query."""
        return self.with_requesters().select_related("person", "decided_by")

    def with_requesters(self) -> AddressChangeQuerySet:
        """With who has entered it, uploaded it or applied it, and who made them HR admins."""
        return self.select_related("requested_by__hr_admin_made_by", "applied_by__hr_admin_made_by")


class AddressChange(PublicModel):
    """The directory or an HR admin names another e-mail address for a person.

    No one person alone decides about it, as the address is the key to private notes: see
    accounts/domain/addresses.py. `requested_by` is None for an import from the command line.
    `applied_by` is who has applied the import, if that is not who uploaded it.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="address_changes"
    )
    old_email = models.EmailField(_("old address"), max_length=254)
    new_email = models.EmailField(_("new address"), max_length=254)
    state = models.CharField(
        _("state"), max_length=10, choices=AddressChangeState, default=AddressChangeState.PENDING
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = AddressChangeQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state="pending"), name="address_change_one_pending"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.state}"

    @property
    def domains(self) -> tuple[str, str]:
        """The mail domains of the old and the new address."""
        return self.old_email.rpartition("@")[2], self.new_email.rpartition("@")[2]

    @property
    def moves_domain(self) -> bool:
        """Whether the name before the @ stays, and the mail domain is another."""
        old_name, _at, old_domain = self.old_email.rpartition("@")
        new_name, _at, new_domain = self.new_email.rpartition("@")
        return old_name == new_name and old_domain != new_domain
