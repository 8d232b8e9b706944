"""The types of fixtures that many tests use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.test import Client

from accounts.models import User

AsUser = Callable[[User], Client]  # the fixture `as_user`
At = Callable[[datetime], None]  # the fixture `at`
Enter = Callable[[User | None], None]  # the fixture `enter` of browser tests
