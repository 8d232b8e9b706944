"""Questions whose words differ from those they were last asked with.

Better words keep the trend of a question; another question starts a new one. Only people can say
which of the two it is, so the editor asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from feedback.asking import Asked
from feedback.models import SurveyPlanItem, SurveyRound
from programs.labels import with_labels

Question = Mapping[str, Any]
SAME, NEW = "same", "new"


@dataclass(frozen=True)
class Wording:
    """The questions of a survey, {key: question}: as last asked, and as planned now."""

    item: SurveyPlanItem
    asked: Mapping[str, Question]
    planned: Mapping[str, Question]

    def words_before(self, question: Question) -> str:
        """How the question was last asked, if its words are others now; else nothing.

        One that is answered in another way is another question anyway.
        """
        before = self.asked.get(str(question["key"]))
        if before is None or before["kind"] != question["kind"]:
            return ""
        words, now = self._words(before), self._words(question)
        if words == now:
            return ""
        return " · ".join(words) if words[0] == now[0] else words[0]

    def is_planned(self, question: Question) -> bool:
        """Whether the plan has these words already: then somebody has decided."""
        planned = self.planned.get(str(question["key"]))
        return planned is not None and self._words(planned) == self._words(question)

    def _words(self, question: Question) -> list[str]:
        """What people read of a question."""
        shown = Asked(0, question, [], "")
        around = shown.ends if shown.is_scale else question["options"]
        return [with_labels(words, self.item.program) for words in (question["text"], *around)]


def wording_of(item: SurveyPlanItem) -> Wording:
    """The words of a survey's questions. A trend joins all rounds of a program."""
    rounds = SurveyRound.objects.filter(Q(plan_item=item.pk) | Q(program=item.program_id))
    asked: dict[str, Question] = {}
    for questions in rounds.order_by("opens_at", "pk").values_list("questions", flat=True):
        asked |= {question["key"]: question for question in questions}

    planned = {}
    if item.pk:
        planned = {str(row["key"]): row for row in item.questions.values()}
    return Wording(item, asked, planned)
