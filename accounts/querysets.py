"""Who may see which people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models

if TYPE_CHECKING:
    from accounts.models import User


class UserQuerySet(models.QuerySet["User"]):
    """People."""

    def active(self) -> UserQuerySet:
        """Those who have not left."""
        return self.filter(is_active=True)

    def visible_to(self, user: Any) -> UserQuerySet:
        """HR admins see everybody, others themselves; partners appear through their pairing."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self if user.is_hr_admin else self.filter(pk=user.pk)

    def search(self, text: str) -> UserQuerySet:
        """Those with a word that begins like each word of `text`, in name, address, id, title,
        department or place.

        Accents and case make no difference. Uses the index on `search_text`; an empty text finds
        everybody.
        """
        from accounts.domain.names import words

        found = words(text)[:8]
        if not found:
            return self
        query = SearchQuery(
            " & ".join(f"{word}:*" for word in found), search_type="raw", config="simple"
        )
        return self.alias(search_vector=SearchVector("search_text", config="simple")).filter(
            search_vector=query
        )


class OfHR(models.QuerySet[Any]):
    """Rows that HR admins see, and nobody else."""

    def visible_to(self, user: Any) -> OfHR:
        """All, or none."""
        return (
            self if user.is_authenticated and user.is_active and user.is_hr_admin else self.none()
        )


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes people; the address is stored in lower case."""

    def create_user(
        self, email: str, name: str, password: str | None = None, **fields: Any
    ) -> User:
        """A saved person.

        Without a password only a mailed code signs in. The domain fills sort key and search text.
        """
        user: User = self.model(email=email.strip().lower(), name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str) -> User:
        """Case-insensitive."""
        user: User = self.get(email__iexact=email)
        return user
