"""What the frame of every page needs: who is signed in, and where they may go.

At most two queries, whoever it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.translation import gettext as _

from accounts.models import Company, Delegation, User
from notifications.inbox import unread_of
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.enums import PairRole, StaffRole
from programs.models import Enrolment, ProgramStaff

PAIRS_SHOWN = 8


@dataclass
class Item:
    """One link of the main navigation, or a menu of several."""

    label: str
    url: str
    path: str = ""
    children: list[Item] = field(default_factory=list)
    hint: str = ""
    count: int = 0
    live: str = ""  # where the number is asked for again while the page is open

    @property
    def exact(self) -> bool:
        """Whether this very page is open."""
        return self.path == self.url

    @property
    def current(self) -> bool:
        """Whether the open page belongs under this link."""
        if self.children:
            return any(child.current for child in self.children)
        home = reverse("mentoring:home")
        return self.exact or (self.url != home and self.path.startswith(self.url))


class Navigation:
    """Worked out when a template asks, so that redirects and fragments pay nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user: Any = getattr(request, "user", None)
        self.signed_in = bool(self.user is not None and self.user.is_authenticated)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """The company's names and what the person takes part in, in one query."""
        company = Company.objects.all()
        if not self.signed_in:
            names = company.values("product_name", company_name=F("name")).first()
            return dict(names or {"company_name": "", "product_name": ""})
        person = User.objects.filter(pk=self.user.pk).annotate(
            company_name=Subquery(company.values("name")[:1]),
            product_name=Subquery(company.values("product_name")[:1]),
            coordinates=Exists(
                ProgramStaff.objects.filter(person=OuterRef("pk"), role=StaffRole.COORDINATOR)
            ),
            delegate=Exists(Delegation.objects.filter(delegate=OuterRef("pk"))),
            mentee=Exists(Enrolment.objects.filter(person=OuterRef("pk"), role=PairRole.MENTEE)),
            unread=unread_of(OuterRef("pk")),
        )
        wanted = ("company_name", "product_name", "coordinates", "delegate", "mentee", "unread")
        facts: dict[str, Any] = person.values(*wanted).get()
        return facts

    @property
    def product_name(self) -> str:
        """The name on the pages; the company may set its own."""
        return self.facts["product_name"] or "Upstream"

    @property
    def company_name(self) -> str:
        """May be empty."""
        return self.facts["company_name"] or ""

    @property
    def initials(self) -> str:
        """One or two letters of the person's name."""
        words = str(self.user).split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def mailbox_url(self) -> str:
        """The readable mailbox of the demo."""
        return reverse("mentoring:mailbox") if settings.DEMO else ""

    @cached_property
    def demo_sign_ins(self) -> list[dict[str, str]]:
        """Whom one may play in the demo; empty elsewhere."""
        if not settings.DEMO:
            return []
        from mentoring.demo import people, story

        return [
            {"label": _(one.kind), "email": one.email, "password": people.PASSWORD}
            for one in story.cast()
        ]

    @cached_property
    def items(self) -> list[Item]:
        """The main navigation."""
        managing = self.user.is_hr_admin or self.facts["coordinates"]
        found = [
            self.item(_("Home"), "mentoring:home"),
            *self.pairs(),
            self.item(_("Calendar for others"), "meetings:delegate_home")
            if self.facts["delegate"]
            else None,
            self.item(_("Programs"), "programs:program_list") if managing else None,
            self.item(_("People"), "accounts:people_list") if self.user.is_hr_admin else None,
            self.inbox(),
        ]
        return [item for item in found if item is not None]

    @cached_property
    def own_items(self) -> list[Item]:
        """The menu under one's name."""
        found = [
            self.item(_("Profile"), "accounts:profile"),
            self.item(_("Message settings"), "notifications:preferences"),
            self.item(_("My calendar"), "meetings:my_calendar"),
            self.item(_("Delegates"), "accounts:delegates") if self.facts["mentee"] else None,
            self.item(_("Password"), "account_change_password"),
            self.item(_("Company"), "mentoring:setup") if self.user.is_hr_admin else None,
        ]
        return [item for item in found if item is not None]

    def pairs(self) -> list[Item]:
        """A link to one's pair, a menu when there are several."""
        rows = (
            Pairing.objects.of(self.user)
            .filter(state__in=[PairingState.ACTIVE, PairingState.PAUSED])
            .annotate(
                mentor_name=F("mentor__name"),
                mentee_name=F("mentee__name"),
                program_name=F("program__name"),
            )
            .values("public_id", "mentor_id", "mentor_name", "mentee_name", "program_name")
            .order_by("-activated_at", "id")[:PAIRS_SHOWN]
        )
        children = []
        for row in rows:
            other = row["mentee_name"] if row["mentor_id"] == self.user.pk else row["mentor_name"]
            item = self.item(str(other), "mentoring:pair_home", row["public_id"])
            item.hint = str(row["program_name"])
            children.append(item)
        if len(children) > 1:
            return [Item(label=_("My pairs"), url="", path=self.request.path, children=children)]
        for child in children:
            child.label = _("My pair")
        return children

    def inbox(self) -> Item:
        """One's messages, with the number of new ones."""
        found = self.item(_("Messages"), "notifications:inbox")
        found.count, found.live = self.facts["unread"], reverse("notifications:unread")
        return found

    def item(self, label: str, name: str, *args: Any) -> Item:
        """A link to a named page."""
        return Item(label=label, url=reverse(name, args=args), path=self.request.path)


def context(request: HttpRequest) -> dict[str, Any]:
    """Template context of every page."""
    return {"demo": settings.DEMO, "nav": SimpleLazyObject(lambda: Navigation(request))}
