"""What the frame of every page needs: who is signed in, and where they may go.

At most two queries, whoever it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.translation import gettext as _

from accounts.models import Company, Delegation, User
from common.prepared import prepared
from mentoring import asking
from notifications.inbox import unread_of
from pairings.enums import RUNNING_STATES
from pairings.models import Pairing
from programs import places
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
    live: str = ""  # the URL that is polled for a new count while the page is open
    holds_page: bool = False  # the open page belongs here, whatever its address

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
        return (
            self.exact or self.holds_page or (self.url != home and self.path.startswith(self.url))
        )


class Navigation:
    """Evaluated when a template asks, so that redirects and fragments cost no query."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user: Any = getattr(request, "user", None)
        self.signed_in = bool(getattr(self.user, "is_authenticated", False))

    @cached_property
    def facts(self) -> dict[str, Any]:
        """The company's names and what the person takes part in, in one query."""
        if not self.signed_in:
            return _names_when_signed_out()
        [found] = _facts_of(self.user.pk)
        return dict(found)

    @property
    def product_name(self) -> str:
        """The name on the pages; the company may set its own."""
        return self.facts["product_name"] or "Upstream"

    @property
    def company_name(self) -> str:
        """May be empty."""
        return self.facts["company_name"] or ""

    @property
    def somebody_to_ask(self) -> list[asking.Asking]:
        """Who runs the person's programs."""
        return asking.asking_of(self.facts) if self.signed_in else []

    @property
    def takes_part(self) -> bool:
        """In a program oneself, not only as a delegate."""
        return any(one.program for one in self.somebody_to_ask)

    @property
    def mailbox_url(self) -> str:
        """The readable mailbox of the demo."""
        return reverse("mentoring:mailbox") if settings.DEMO else ""

    @cached_property
    def demo_sign_ins(self) -> list[dict[str, str]]:
        """The people of the demo, with their passwords; empty elsewhere."""
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
        return [
            self.item(_("Home"), "mentoring:home"),
            *self.pairs(),
            *self.duties(),
            self.inbox(),
        ]

    def duties(self) -> list[Item]:
        """What the person does for others."""
        is_hr = self.user.is_hr_admin
        items = []
        if self.facts["delegate"]:
            items.append(self.item(_("Calendar for others"), "meetings:delegate_home"))
        if self.facts["listens"]:
            items.append(self.item(_("Safe contact"), "concerns:thread_list"))
        if is_hr or self.facts["coordinates"]:
            items.append(self.programs())
        if is_hr:
            items.append(self.item(_("People"), "accounts:people_list"))
            items.append(self.staff_surveys())
        return items

    def programs(self) -> Item:
        """The programs; some pages of a program have addresses that do not begin with it."""
        item = self.item(_("Programs"), "programs:program_list")
        page = getattr(self.request.resolver_match, "view_name", "")
        item.holds_page = places.is_in_a_place(page) and not self._is_about_staff
        return item

    def staff_surveys(self) -> Item:
        """Surveys that belong to no program; their pages have the addresses of those that do."""
        item = self.item(_("Staff surveys"), "feedback:staff_survey_list")
        item.holds_page = self._is_about_staff
        return item

    @property
    def _is_about_staff(self) -> bool:
        """Whether the view has said that its page belongs to no program."""
        return bool(getattr(self.request, "is_about_staff", False))

    @cached_property
    def own_items(self) -> list[Item]:
        """The menu under one's name."""
        items = [
            self.item(_("Profile"), "accounts:profile"),
            self.item(_("Message settings"), "notifications:preferences"),
            self.item(_("My calendar"), "meetings:my_calendar"),
        ]
        if self.facts["mentee"]:
            items.append(self.item(_("Delegates"), "accounts:delegates"))
        items.append(self.item(_("Password"), "account_change_password"))
        items.append(self.item(_("Second factor"), "mfa_index"))
        if self.user.is_hr_admin:
            items.append(self.item(_("Company"), "mentoring:setup"))
        return items

    def pairs(self) -> list[Item]:
        """A link to one's pair, or a menu of several."""
        items = [self._pair_item(row) for row in _pairs_shown(self.user.pk)]
        if len(items) > 1:
            return [Item(label=_("My pairs"), url="", path=self.request.path, children=items)]
        for item in items:
            item.label = _("My pair")
        return items

    def _pair_item(self, row: dict[str, Any]) -> Item:
        is_mentor = row["mentor_id"] == self.user.pk
        partner = row["mentee_name"] if is_mentor else row["mentor_name"]
        role = row["mentee_label"] if is_mentor else row["mentor_label"]
        item = self.item(partner, "mentoring:pair_home", row["public_id"])
        item.hint = _("%(role)s in %(program)s") % {"role": role, "program": row["program_name"]}
        return item

    def inbox(self) -> Item:
        """One's messages, with the number of new ones."""
        item = self.item(_("Messages"), "notifications:inbox")
        item.count = self.facts["unread"]
        item.live = reverse("notifications:unread")
        return item

    def item(self, label: str, name: str, *args: Any) -> Item:
        """A link to a named page."""
        return Item(label=label, url=reverse(name, args=args), path=self.request.path)


@prepared
def _facts_of(person_id: int) -> QuerySet[Any]:
    """One row: the company's names, and what the person takes part in."""
    facts: dict[str, Any] = {
        **_company_names(),
        **_participation(OuterRef("pk")),
        **asking.for_person(),
    }
    rows: QuerySet[Any] = User.objects.filter(pk=person_id).annotate(**facts).values(*facts)
    return rows


@prepared
def _pairs_shown(person_id: int) -> QuerySet[Any]:
    """The person's pairs that meet or are paused, the newest first, with the names of all."""
    names = {
        "mentor_name": F("mentor__name"),
        "mentee_name": F("mentee__name"),
        "program_name": F("program__name"),
        "mentor_label": F("program__mentor_label"),
        "mentee_label": F("program__mentee_label"),
    }
    pairs = Pairing.objects.of(User(pk=person_id)).filter(state__in=RUNNING_STATES)
    rows: QuerySet[Any] = pairs.annotate(**names).values("public_id", "mentor_id", *names)
    return rows.order_by("-activated_at", "id")[:PAIRS_SHOWN]


def _names_when_signed_out() -> dict[str, Any]:
    """The company's names, which pages without a sign-in show."""
    names = Company.objects.values("product_name", company_name=F("name")).first()
    return dict(names or {"company_name": "", "product_name": ""})


def _company_names() -> dict[str, Any]:
    company = Company.objects.all()
    return {
        "company_name": Subquery(company.values("name")[:1]),
        "product_name": Subquery(company.values("product_name")[:1]),
    }


def _participation(person: OuterRef) -> dict[str, Any]:
    """What the person takes part in, and how many of their messages are new."""
    coordinating = ProgramStaff.objects.filter(person=person, role=StaffRole.COORDINATOR)
    enrolled = Enrolment.objects.filter(person=person, role=PairRole.MENTEE)
    return {
        "coordinates": Exists(coordinating),
        "listens": Exists(ProgramStaff.objects.who_listen().filter(person=person)),
        "delegate": Exists(Delegation.objects.filter(delegate=person)),
        "mentee": Exists(enrolled),
        "unread": unread_of(person),
    }


def context(request: HttpRequest) -> dict[str, Any]:
    """Template context of every page."""
    return {"demo": settings.DEMO, "nav": SimpleLazyObject(lambda: Navigation(request))}
