"""Forms of programs: the wizard's, the enrolment pages', and those of the lists."""

from programs.forms.enrol import (
    AnswerForm,
    BoundariesForm,
    ReturnForm,
    TodayForm,
    TopicsForm,
    WantsForm,
    WishForm,
)
from programs.forms.time import CalendarForm, TimeForm

ANSWER_FORMS: dict[str, type[AnswerForm]] = {
    "topics": TopicsForm,
    "return": ReturnForm,
    "boundaries": BoundariesForm,
    "time": TimeForm,
    "wants": WantsForm,
    "today": TodayForm,
    "calendar": CalendarForm,
    "wish": WishForm,
}
