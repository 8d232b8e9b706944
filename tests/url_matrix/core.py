"""The permission matrix: which role may open which route.

Each app lists its rows in a module beside this one.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests import url_matrix

ROLES = (
    "anonymous",
    "deactivated",
    "stranger",
    "mentor",
    "mentee",
    "other_participant",
    "delegate",
    "line_manager",
    "named_reader",
    "safe_contact",
    "coordinator",
    "other_coordinator",
    "hr_admin",
    "survey_holder",
)
SIGNED_IN = frozenset(ROLES) - {"anonymous", "deactivated"}
MANAGERS = frozenset({"coordinator", "hr_admin"})
PAIR = frozenset({"mentor", "mentee"})


@dataclass(frozen=True)
class Row:
    """One route and its answers.

    Roles in `allowed` get 2xx, 3xx (never to sign-in) or 422; other roles that are signed in get
    `others`. `refused` overrides the answer of single roles, such as {"hr_admin": 403}. Anonymous
    and deactivated people are redirected to sign-in, unless the route is `public`. `url` makes the
    address from the world (tests.url_matrix.world.World).
    """

    name: str
    url: Callable[[Any], str]
    allowed: frozenset[str]
    others: int = 404
    refused: dict[str, int] = field(default_factory=dict)
    public: bool = False
    method: str = "get"
    data: dict[str, Any] = field(default_factory=dict)
    setup: Callable[[Any], None] | None = None

    def expected(self, role: str) -> int | None:
        """The status a role must get; None where it is allowed."""
        if role in self.refused:
            return self.refused[role]
        return None if role in self.allowed or self.public else self.others


def row(
    name: str, url: Callable[[Any], str], allowed: set[str] | frozenset[str], **options: Any
) -> Row:
    """A row of the matrix. `allowed` may use the names PAIR, MANAGERS, SIGNED_IN of this module."""
    unknown = set(allowed) - set(ROLES)
    if unknown:
        raise ValueError(f"{name}: no such role: {sorted(unknown)}")
    return Row(name=name, url=url, allowed=frozenset(allowed), **options)


def all_rows() -> list[Row]:
    """The rows of every module of this package."""
    rows: list[Row] = []
    for module in pkgutil.iter_modules(url_matrix.__path__):
        if module.name not in {"core", "world"}:
            rows += importlib.import_module(f"tests.url_matrix.{module.name}").ROWS
    return rows
