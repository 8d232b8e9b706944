"""Grades and people."""

from __future__ import annotations

from typing import Any

import rules
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.domain import names
from accounts.enums import DirectoryState
from common.models import PublicModel
from common.timezones import validate_zone


class UserQuerySet(models.QuerySet["User"]):
    """People."""

    def active(self) -> UserQuerySet:
        """Those who have not left."""
        return self.filter(is_active=True)

    def hr_admins(self) -> UserQuerySet:
        """Active HR admins."""
        return self.active().filter(is_hr_admin=True)

    def with_email(self, text: str) -> UserQuerySet:
        """The person with the address that somebody has typed, if there is one."""
        return self.filter(email=text.strip().lower())

    def locked(self, person: User, *, no_key: bool = False) -> User:
        """The person as the database has them now, locked until the transaction ends.

        With `no_key`, rows that refer to the person may be written meanwhile.
        """
        return self.select_for_update(no_key=no_key).get(pk=person.pk)

    def visible_to(self, user: Any) -> UserQuerySet:
        """HR admins see everybody, others themselves; partners appear through their pairing."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self if user.is_hr_admin else self.filter(pk=user.pk)

    def search(self, text: str) -> UserQuerySet:
        """People in whose name each word of `text` begins a word. An empty text finds everybody.

        First or last name first, with accents or without. A text with an @ is the beginning of an
        address. Uses the indexes on `search_text` and `email`.
        """
        if "@" in text:
            return self.filter(email__startswith=text.strip().lower())
        found = names.alternatives(text)[:8]
        if not found:
            return self
        each = [" | ".join(f"{word}:*" for word in sorted(spellings)) for spellings in found]
        query = SearchQuery(
            " & ".join(f"({either})" for either in each), search_type="raw", config="simple"
        )
        return self.alias(search_vector=SearchVector("search_text", config="simple")).filter(
            search_vector=query
        )


class Grade(models.Model):
    """A level of the company. A larger rank is more senior."""

    rank = models.PositiveSmallIntegerField(_("rank"), unique=True)
    name = models.CharField(_("name"), max_length=80, unique=True)

    class Meta:
        ordering = ["rank"]

    def __str__(self) -> str:
        return self.name


class User(PublicModel, AbstractBaseUser):
    """A person of the company; the e-mail address signs in.

    Leavers are deactivated, never deleted.
    """

    email = models.EmailField(
        _("e-mail address"), max_length=254, unique=True
    )  # kept in lower case by a constraint
    name = models.CharField(_("name"), max_length=200)
    preferred_name = models.CharField(_("what people call you"), max_length=100, blank=True)
    pronouns = models.CharField(_("pronouns"), max_length=40, blank=True)
    employee_id = models.CharField(_("employee id"), max_length=64, null=True, blank=True)
    job_title = models.CharField(_("job title"), max_length=200, blank=True)
    department = models.CharField(_("department"), max_length=200, blank=True, db_index=True)
    location = models.CharField(_("location"), max_length=200, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[validate_zone]
    )
    locale = models.CharField(_("language of pages and mails"), max_length=10, default="en")
    languages = ArrayField(
        models.CharField(max_length=10), verbose_name=_("languages"), default=list, blank=True
    )
    join_link = models.URLField(
        _("join link"), max_length=500, blank=True, validators=[URLValidator(schemes=["https"])]
    )
    grade = models.ForeignKey(
        Grade,
        models.SET_NULL,
        verbose_name=_("grade"),
        null=True,
        blank=True,
        related_name="people",
    )
    grade_is_derived = models.BooleanField(_("grade comes from the reporting tree"), default=False)
    manager = models.ForeignKey(
        "self",
        models.SET_NULL,
        verbose_name=_("manager"),
        null=True,
        blank=True,
        related_name="reports",
    )
    hired_on = models.DateField(_("hired on"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_hr_admin = models.BooleanField(_("HR admin"), default=False)
    hr_admin_since = models.DateTimeField(
        _("HR admin since"), null=True, blank=True, editable=False
    )
    hr_admin_made_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    directory_state = models.CharField(
        _("directory"),
        max_length=8,
        choices=DirectoryState,
        default=DirectoryState.UNKNOWN,
        editable=False,
    )
    # part of what a session is checked against: adding one ends all sign-ins of the person
    session_epoch = models.PositiveIntegerField(_("sign-ins ended"), default=0, editable=False)
    # as the directory says it, where it does: names are sorted by it
    last_name = models.CharField(_("last name"), max_length=200, blank=True, editable=False)
    # both filled by `normalise`: "muller anna", and the words of the name that are searched
    sort_key = models.CharField(
        _("sort key"), max_length=200, blank=True, db_index=True, editable=False
    )
    search_text = models.TextField(_("search text"), blank=True, editable=False)

    objects = UserQuerySet.as_manager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["sort_key", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="user_email_in_lower_case"
            ),
            models.UniqueConstraint(fields=["employee_id"], name="user_employee_id_unique"),
            models.CheckConstraint(condition=~Q(employee_id=""), name="user_employee_id_not_empty"),
            models.CheckConstraint(
                condition=Q(join_link="") | Q(join_link__startswith="https://"),
                name="user_link_is_https",
            ),
            models.CheckConstraint(
                condition=Q(manager__isnull=True) | ~Q(manager=F("id")), name="user_not_own_manager"
            ),
        ]
        indexes = [
            GinIndex(SearchVector("search_text", config="simple"), name="user_search"),
            models.Index(fields=["id"], condition=Q(is_hr_admin=True), name="user_hr_admins"),
        ]

    def __str__(self) -> str:
        return self.preferred_name or self.name

    @property
    def short_name(self) -> str:
        """What people call this person."""
        return self.preferred_name or names.called(self.name)

    @property
    def initials(self) -> str:
        """One or two letters of the name."""
        words = str(self).split()
        if len(words) > 1:
            words = [words[0], words[-1]]
        return "".join(word[0] for word in words).upper()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Changes with the password and with `session_epoch`.

        Overrides the hook that Django 5.2 offers for both hashes.
        """
        return salted_hmac(
            "accounts.User.session",
            f"{self.password}:{self.session_epoch}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    def has_perm(self, permission: str, target: object = None) -> bool:
        """Whether the predicates of the apps' permissions.py allow it. Leavers may do nothing."""
        return self.is_active and bool(rules.has_perm(permission, self, target))


def normalise(user: User) -> User:
    """Fill sort key and search text from the other fields. Returns the object, does not save."""
    user.sort_key = names.sort_key(user.name, user.last_name)
    user.search_text = names.search_text(user.name, user.preferred_name)
    return user
