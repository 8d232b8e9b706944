"""Who may see which people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager
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


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes people; the address is stored in lower case."""

    def create_user(self, email: str, name: str, password: str | None = None, **fields: Any) -> User:
        """A saved person. Without a password only a mailed code signs in. The domain fills sort key and search text."""
        user: User = self.model(email=email.strip().lower(), name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str) -> User:
        """Case-insensitive."""
        user: User = self.get(email__iexact=email)
        return user
