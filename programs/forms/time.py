"""When, in which languages and how one likes to meet: the last page of both sides."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms.person_field import PersonField
from accounts.models import User
from common.fields import LineField
from programs import availability
from programs.availability import DayChoice
from programs.domain.delegates import shown_delegate
from programs.forms.enrol import AnswerForm
from programs.styles import OFFERED_LANGUAGES, SLIDERS, SLOTS, WEEKDAYS, Slider, language_name

WORKING_DAYS = 5


class TimeInput(forms.TimeInput):
    """The browser's own time picker."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def as_time(minutes: int) -> time:
    """A minute of the day as a time; 24:00 becomes 23:59."""
    return time(*divmod(min(minutes, 24 * 60 - 1), 60))


def as_minutes(moment: time) -> int:
    """A time as a minute of the day."""
    return moment.hour * 60 + moment.minute


class TimeForm(AnswerForm):
    """Mentors, 4: when I have time."""

    title = _("When do you have time, and how do you like to work?")
    short_title = _("When I have time")
    capacity = forms.TypedChoiceField(
        label=_("How many people could you take on at a time?"),
        coerce=int,
        choices=[(number, str(number)) for number in range(1, 6)],
    )
    languages = forms.MultipleChoiceField(
        label=_("In which languages could you talk?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one language in which you could talk.")},
    )
    interests = LineField(
        label=_("What else are you into?"),
        max_length=300,
        required=False,
        help_text=_(
            "A few words, separated by commas. They help to break the ice, and to find a partner."
        ),
    )

    def build(self) -> None:
        """The week, the languages, the sliders."""
        enrolment = self.enrolment
        self._build_slots("slots_weekdays", _("Every weekday"), [])
        for day, choice in availability.to_choices(enrolment.availability).items():
            self._build_day(day, choice)
        self._build_languages()
        self.fields["interests"].initial = ", ".join(enrolment.interests)
        if "capacity" in self.fields:
            self.fields["capacity"].initial = enrolment.capacity or 1
        for slider in SLIDERS:
            self._build_slider(slider)

    def _build_languages(self) -> None:
        """Those that the person speaks come first."""
        chosen = self.enrolment.languages
        spoken = self.enrolment.person.languages
        codes = dict.fromkeys([*chosen, *spoken, *OFFERED_LANGUAGES])
        field: Any = self.fields["languages"]
        field.choices = [(code, language_name(code)) for code in codes]
        field.initial = chosen or spoken

    def _build_slider(self, slider: Slider) -> None:
        self.fields[f"style_{slider.key}"] = forms.TypedChoiceField(
            label=f"{gettext(slider.left)} / {gettext(slider.right)}",
            coerce=int,
            required=False,
            empty_value=None,
            widget=forms.RadioSelect,
            choices=[(number, str(number)) for number in range(1, 6)],
            initial=self.enrolment.working_style.get(slider.key),
        )

    def _build_day(self, day: int, choice: DayChoice) -> None:
        """The slots of a day, and a time of the person's own from … to."""
        self._build_slots(f"slots_{day}", WEEKDAYS[day], choice.slots)
        start, end = choice.own or (None, None)
        self._build_own_time(f"from_{day}", day, _("from"), start)
        self._build_own_time(f"to_{day}", day, _("to"), end)

    def _build_slots(self, name: str, label: Any, ticked: list[str]) -> None:
        self.fields[name] = forms.MultipleChoiceField(
            label=label,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            choices=[(key, text) for key, text, _start, _end in SLOTS],
            initial=ticked,
        )

    def _build_own_time(self, name: str, day: int, part: Any, minutes: int | None) -> None:
        self.fields[name] = forms.TimeField(
            label=_("%(day)s, %(part)s") % {"day": WEEKDAYS[day], "part": part},
            required=False,
            widget=TimeInput(),
            initial=None if minutes is None else as_time(minutes),
        )

    def week(self) -> list[dict[str, Any]]:
        """The seven days for the page."""
        return [self._day(day) for day in range(len(WEEKDAYS))]

    def _day(self, day: int) -> dict[str, Any]:
        starts, ends = self[f"from_{day}"], self[f"to_{day}"]
        return {
            "name": WEEKDAYS[day],
            "slots": self[f"slots_{day}"],
            "from": starts,
            "to": ends,
            "own": bool(starts.value() or ends.value()),
            "errors": [*starts.errors, *ends.errors],
        }

    def working_days(self) -> list[dict[str, Any]]:
        """Monday to Friday."""
        return self.week()[:WORKING_DAYS]

    def weekend(self) -> list[dict[str, Any]]:
        """Saturday and Sunday, folded away unless used."""
        return self.week()[WORKING_DAYS:]

    def weekend_used(self) -> bool:
        """Whether something is ticked there."""
        return any(day["slots"].value() or day["own"] for day in self.weekend())

    def sliders(self) -> list[dict[str, Any]]:
        """The scales for the page."""
        return [
            {
                "left": gettext(slider.left),
                "right": gettext(slider.right),
                "field": self[f"style_{slider.key}"],
            }
            for slider in SLIDERS
        ]

    def clean(self) -> dict[str, Any]:
        """Own times make sense, and there is some time at all."""
        data = super().clean() or {}
        days = {}
        for day in range(len(WEEKDAYS)):
            slots = set(data.get(f"slots_{day}") or [])
            if day < WORKING_DAYS:
                slots |= set(data.get("slots_weekdays") or [])
            days[day] = DayChoice(slots=sorted(slots), own=self._own_time_on(day, data))
        self.windows = availability.from_choices(days)
        if not self.windows and not self.draft:
            raise forms.ValidationError(
                _("Tick at least one time of the week: without it no meeting can be found.")
            )
        return data

    def _own_time_on(self, day: int, data: dict[str, Any]) -> tuple[int, int] | None:
        """The own time of a day in minutes; one that makes no sense is an error."""
        start, end = data.get(f"from_{day}"), data.get(f"to_{day}")
        if start and end and start < end:
            return as_minutes(start), as_minutes(end)
        if not self.draft:
            self._refuse_own_time(day, start, end)
        return None

    def _refuse_own_time(self, day: int, start: time | None, end: time | None) -> None:
        """Say what is wrong with an own time, if anything was given."""
        if start and end:
            self.add_error(f"to_{day}", _("This ends before it begins."))
        elif start or end:
            missing = f"to_{day}" if start else f"from_{day}"
            self.add_error(missing, _("Give both times, from and to."))

    def answers(self) -> dict[str, Any]:
        """{availability, languages, working_style, interests, capacity}"""
        data = self.cleaned_data
        answers = {
            "availability": self.windows,
            "languages": data.get("languages") or [],
            "working_style": self._working_style(),
            "interests": data.get("interests", "").split(","),
        }
        if data.get("capacity"):
            answers["capacity"] = data["capacity"]
        return answers

    def _working_style(self) -> dict[str, int]:
        """{slider: 1-5} of those that were set."""
        style = {}
        for slider in SLIDERS:
            value = self.cleaned_data.get(f"style_{slider.key}")
            if value:
                style[slider.key] = value
        return style


class CalendarForm(TimeForm):
    """Mentees, 3: an assistant for the calendar, and when I have time."""

    title = _("When do you have time, and who keeps your calendar?")
    short_title = _("My calendar")
    capacity = None  # type: ignore[assignment]
    delegate = PersonField(
        label=_("Your assistant’s name"),
        required=False,
        help_text=_(
            "They can book and move your sessions for you. Leave it empty to do that yourself."
        ),
    )

    def build(self) -> None:
        """With the assistant named so far."""
        super().build()
        held = shown_delegate(self.enrolment.person)
        field: Any = self.fields["delegate"]
        field.initial = held.delegate if held else None
        field.is_draft = self.draft

    def clean_delegate(self) -> User | None:
        """Somebody else of the company."""
        delegate: User | None = self.cleaned_data["delegate"]
        if delegate == self.enrolment.person and not self.draft:
            raise forms.ValidationError(
                _("This is yourself. Leave the field empty to book sessions yourself.")
            )
        return delegate

    def answers(self) -> dict[str, Any]:
        """With the assistant, except in a draft: the name may be half typed."""
        answers = super().answers()
        if not self.draft:
            answers["delegate"] = self.cleaned_data["delegate"]
        return answers
