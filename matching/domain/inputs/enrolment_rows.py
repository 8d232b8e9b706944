"""What matching reads of enrolments and topics, as plain values: a large run reads thousands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from programs.models import Enrolment, EnrolmentTopic, Topic


class EnrolmentRow(NamedTuple):
    """An enrolment with its person; the fields are in the order of COLUMNS."""

    pk: int
    public_id: UUID
    role: str
    capacity: int
    languages: list[str]
    availability: list[list[int]]
    working_style: dict[str, int]
    interests: list[str]
    wishes: list[str] | None
    person_id: int
    person_public_id: UUID
    employee_id: str
    email: str
    department: str
    location: str
    time_zone: str
    spoken: list[str]
    rank: int | None

    @property
    def key(self) -> str:
        """What ties are decided by: the employee id, or the address of somebody who has none.

        Never a random id.
        """
        return self.employee_id or f"@{self.email}"


COLUMNS = (
    "pk",
    "public_id",
    "role",
    "capacity",
    "languages",
    "availability",
    "working_style",
    "interests",
    "wishes",
    "person_id",
    "person__public_id",
    "person__employee_id",
    "person__email",
    "person__department",
    "person__location",
    "person__time_zone",
    "person__languages",
    "person__grade__rank",
)
TOPIC_COLUMNS = ("enrolment", "topic", "level", "priority")


def read_rows(enrolments: QuerySet[Enrolment]) -> list[EnrolmentRow]:
    """The enrolments in order of id, in one query."""
    found = enrolments.order_by("pk").values_list(*COLUMNS)
    return [EnrolmentRow(*values) for values in found]


def topics_of(
    enrolments: QuerySet[Enrolment] | Iterable[int],
) -> tuple[dict[int, dict[str, int]], dict[str, str]]:
    """Levels or priorities by topic of each enrolment, and the names of these topics."""
    choices = EnrolmentTopic.objects.filter(enrolment__in=enrolments).order_by()
    chosen: dict[int, dict[str, int]] = defaultdict(dict)
    used = set()
    for enrolment, topic, level, priority in choices.values_list(*TOPIC_COLUMNS):
        value = priority if level is None else level
        chosen[enrolment][str(topic)] = value or 0
        used.add(topic)
    return chosen, _topic_names(used)


def _topic_names(ids: set[int]) -> dict[str, str]:
    names = Topic.objects.filter(pk__in=ids).values_list("pk", "name")
    return {str(pk): name for pk, name in names}
