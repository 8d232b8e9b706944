"""The steps of the program wizard.

Each form writes the fields that `programs.domain.programs.STEP_FIELDS` names.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Grade, User
from common import clock
from common.timezones import zone_names
from programs.domain.programs import STEP_FIELDS
from programs.enums import PairRole, ProgramState
from programs.models import Program, Topic

HOURS = (
    (168, _("A week before")),
    (72, _("Three days before")),
    (48, _("Two days before")),
    (24, _("A day before")),
)
QUESTION_DAYS = (
    (7, _("A week before each session")),
    (5, _("Five days before each session")),
    (3, _("Three days before each session")),
    (2, _("Two days before each session")),
    (1, _("A day before each session")),
    (0, _("Never")),
)
LATE_HOURS = ((4, _("Four hours before")), (1, _("An hour before")))


class DateInput(forms.DateInput):
    """The browser's own date picker, which speaks ISO dates."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class StepForm(forms.Form):
    """A step of the wizard: knows its program, begins with what it says now."""

    step = ""

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        self.program = program
        kwargs["initial"] = {**self.start_values(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)

    def start_values(self) -> dict[str, Any]:
        """What the program says now."""
        return {name: getattr(self.program, name) for name in STEP_FIELDS.get(self.step, ())}

    def values(self) -> dict[str, Any]:
        """What `update_program` takes."""
        return {
            name: self.cleaned_data[name]
            for name in STEP_FIELDS[self.step]
            if name in self.cleaned_data
        }


class PurposeForm(StepForm):
    """What it is for, what it is about, what people are called."""

    step = "purpose"
    name = forms.CharField(label=_("Name of the program"), max_length=120)
    purpose = forms.CharField(
        label=_("Purpose"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=4000,
        help_text=_(
            "Everybody who is invited reads this, in the invitation and on the first page."
        ),
    )
    sponsor_email = forms.EmailField(
        label=_("Sponsor’s e-mail address"),
        required=False,
        help_text=_(
            "Somebody senior who stands behind the program. Named in the invitation; gets no "
            "rights here."
        ),
    )
    mentor_label = forms.CharField(
        label=_("One who teaches is called"),
        max_length=40,
        help_text=_("The junior side: “mentor”, “guide” …"),
    )
    mentors_label = forms.CharField(
        label=_("Several who teach are called"),
        max_length=40,
        help_text=_("“mentors”, “guides” …"),
    )
    mentee_label = forms.CharField(
        label=_("One who learns is called"),
        max_length=40,
        help_text=_("The senior side: “mentee”, “learner” …"),
    )
    mentees_label = forms.CharField(
        label=_("Several who learn are called"),
        max_length=40,
        help_text=_("“mentees”, “learners” …"),
    )
    topics = forms.ModelMultipleChoiceField(
        label=_("Topics"),
        queryset=Topic.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one topic.")},
        required=False,
    )
    new_topic = forms.CharField(label=_("Add a topic of our own"), max_length=120, required=False)
    new_category = forms.CharField(
        label=_("Its group"),
        max_length=80,
        required=False,
        help_text=_("For instance “New technology”."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = Topic.objects.filter(program=None) | Topic.objects.filter(program=self.program)
        self.fields["topics"].queryset = topics.order_by("category", "name")  # type: ignore[attr-defined]

    def topic_groups(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """(category, boxes) for the page."""
        ticked = {str(getattr(value, "pk", value)) for value in self["topics"].value() or []}
        groups: dict[str, list[dict[str, Any]]] = {}
        for topic in self.fields["topics"].queryset:  # type: ignore[attr-defined]
            box = {"topic": topic, "ticked": str(topic.pk) in ticked}
            groups.setdefault(topic.category, []).append(box)
        return list(groups.items())

    def start_values(self) -> dict[str, Any]:
        """The sponsor by address, the topics by id."""
        sponsor = self.program.sponsor
        return {
            **super().start_values(),
            "sponsor_email": sponsor.email if sponsor else "",
            "topics": list(self.program.topics.all()),
        }

    def clean_sponsor_email(self) -> str:
        """Must be somebody of the company."""
        email = self.cleaned_data["sponsor_email"].strip().lower()
        self.sponsor = User.objects.active().filter(email=email).first() if email else None
        if email and self.sponsor is None:
            raise forms.ValidationError(_("Nobody with this address is in the directory."))
        return email

    def clean(self) -> dict[str, Any]:
        """At least one topic, old or new."""
        data = super().clean() or {}
        if not data.get("topics") and not data.get("new_topic", "").strip():
            self.add_error("topics", _("Choose at least one topic, or add one of your own below."))
        return data

    def values(self) -> dict[str, Any]:
        """With the sponsor as a person."""
        return {**super().values(), "sponsor": self.sponsor}


def proposed_dates(program: Program) -> dict[str, date]:
    """For a new program: two weeks to enrol, two weeks to match, then six months from a Monday
    on.
    """
    today = clock.today(program.time_zone)
    starts = today + timedelta(days=28)
    starts += timedelta(days=-starts.weekday() % 7)
    return {
        "enrolment_deadline": today + timedelta(days=14),
        "starts_on": starts,
        "ends_on": starts + timedelta(days=182),
    }


class DatesForm(StepForm):
    """When, how often, how long."""

    step = "dates"
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Days begin and end in this zone. Everybody still reads times in their own."),
    )
    enrolment_deadline = forms.DateField(label=_("Last day to enrol"), widget=DateInput())
    starts_on = forms.DateField(label=_("First day"), widget=DateInput())
    ends_on = forms.DateField(label=_("Last day"), widget=DateInput())
    planned_sessions = forms.IntegerField(
        label=_("Sessions of each pair"), min_value=1, max_value=60
    )
    interval_weeks = forms.IntegerField(
        label=_("Weeks between sessions"), min_value=1, max_value=26
    )
    session_minutes = forms.IntegerField(
        label=_("Minutes a session"), min_value=15, max_value=240, step_size=5
    )
    driver = forms.ChoiceField(
        label=_("Who proposes the times"),
        widget=forms.RadioSelect,
        help_text=_(
            "One side should feel responsible. Usually it is the one who learns. When a pair has "
            "no session ahead, this side is"
            " reminded to find a date, twice at most; then the pair appears under “Needs you "
            "today”. Both may book, always."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = dict.fromkeys((self.program.time_zone, *zone_names()))
        self.fields["time_zone"].choices = [
            (zone, zone.replace("_", " ")) for zone in sorted(zones)
        ]  # type: ignore[attr-defined]
        self.fields["driver"].choices = [  # type: ignore[attr-defined]
            (PairRole.MENTEE, self.program.mentee_label),
            (PairRole.MENTOR, self.program.mentor_label),
        ]

    def start_values(self) -> dict[str, Any]:
        """Proposes dates where there are none yet."""
        known = super().start_values()
        return {
            **known,
            **{
                name: day
                for name, day in proposed_dates(self.program).items()
                if known[name] is None
            },
        }

    def clean(self) -> dict[str, Any]:
        """The order of the days, and room for the sessions."""
        data = super().clean() or {}
        starts, ends, deadline = (
            data.get("starts_on"),
            data.get("ends_on"),
            data.get("enrolment_deadline"),
        )
        if starts and ends and ends <= starts:
            self.add_error("ends_on", _("The last day must come after the first day."))
        if starts and deadline and deadline > starts:
            self.add_error(
                "enrolment_deadline",
                _("People must have enrolled before the program begins: choose an earlier day."),
            )
        today = clock.today(data.get("time_zone") or self.program.time_zone)
        if deadline and deadline < today and deadline != self.program.enrolment_deadline:
            self.add_error(
                "enrolment_deadline", _("This day is over. Choose today or a later day.")
            )
        if ends and ends < today and self.program.state != ProgramState.CLOSING:
            self.add_error("ends_on", _("This day is over. Choose a later one."))
        sessions, interval = data.get("planned_sessions"), data.get("interval_weeks")
        if starts and ends and ends > starts and sessions and interval:
            needed, given = (sessions - 1) * interval, (ends - starts).days // 7
            if needed > given:
                text = _(
                    "%(sessions)d sessions every %(interval)d weeks need %(needed)d weeks, but "
                    "there are %(given)d."
                )
                figures = {
                    "sessions": sessions,
                    "interval": interval,
                    "needed": needed,
                    "given": given,
                }
                self.add_error("planned_sessions", text % figures)
        return data


class WhoForm(StepForm):
    """Who may join, and as what."""

    step = "who"
    mentor_max_grade = forms.ModelChoiceField(
        label=_("Those who teach: up to this grade"),
        queryset=Grade.objects.order_by("rank"),
        required=False,
        empty_label=_("any grade"),
    )
    mentee_min_grade = forms.ModelChoiceField(
        label=_("Those who learn: from this grade"),
        queryset=Grade.objects.order_by("rank"),
        required=False,
        empty_label=_("any grade"),
    )
    departments = forms.MultipleChoiceField(
        label=_("Departments"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none to let all departments join."),
    )
    open_call = forms.BooleanField(
        label=_("Open call: people may also volunteer"),
        required=False,
        help_text=_(
            "Whoever is within these limits sees the program on their home page while people enrol."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = (
            User.objects.active()
            .exclude(department="")
            .values_list("department", flat=True)
            .distinct()
        )
        names = sorted({*present, *self.program.departments})
        self.fields["departments"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Juniors teach seniors: the two ranges must not overlap, and must leave the grade gap
        possible.
        """
        data = super().clean() or {}
        highest, lowest = data.get("mentor_max_grade"), data.get("mentee_min_grade")
        if highest and lowest and highest.rank >= lowest.rank:
            self.add_error(
                "mentee_min_grade",
                _(
                    "Those who learn must be senior to those who teach: choose a grade above "
                    "%(grade)s."
                )
                % {"grade": highest},
            )
        return data


class RulesForm(StepForm):
    """What matching must always keep to."""

    step = "rules"
    grade_gap = forms.IntegerField(
        label=_("Grades between the two, at least"),
        min_value=1,
        max_value=20,
        help_text=_(
            "1 means that the one who learns is at least one grade above the one who teaches."
        ),
    )
    min_overlap_minutes = forms.IntegerField(
        label=_("Minutes a week that both are free, at least"),
        min_value=0,
        max_value=2400,
        step_size=15,
    )
    require_common_language = forms.BooleanField(
        label=_("They need a language in common"), required=False
    )
    forbid_same_department = forms.BooleanField(
        label=_("Never two people of the same department"), required=False
    )
    allow_former_pairs = forms.BooleanField(
        label=_("People who were a pair before may become one again"), required=False
    )

    def clean_grade_gap(self) -> int:
        """Must be possible with the company's grades and the limits of the program."""
        gap = int(self.cleaned_data["grade_gap"])
        ranks = list(
            Grade.objects.filter(people__is_active=True).values_list("rank", flat=True).distinct()
        )
        if len(ranks) > 1 and gap > max(ranks) - min(ranks):
            raise forms.ValidationError(
                _(
                    "Nobody in the company could be paired: from the lowest to the highest grade "
                    "it is %(steps)d."
                )
                % {"steps": max(ranks) - min(ranks)}
            )
        return gap


class AgreementForm(StepForm):
    """What both sign before they meet."""

    step = "agreement"
    agreement_text = forms.CharField(
        label=_("Agreement"),
        widget=forms.Textarea(attrs={"rows": 16}),
        max_length=8000,
        help_text=_(
            "Both sign it before their first session, and may add to it for themselves. Separate "
            "paragraphs by a blank line."
        ),
    )


class SurveysForm(StepForm):
    """How small a group may be whose results are shown, and how long data is kept."""

    step = "surveys"
    anonymity_k = forms.IntegerField(
        label=_("Smallest group whose results are shown"),
        min_value=5,
        max_value=50,
        error_messages={
            "min_value": _("Five is the least: below that people could be recognised.")
        },
        help_text=_(
            "Results of fewer people stay hidden. The first survey promises this number, and "
            "then it is fixed."
        ),
    )
    retention_months = forms.IntegerField(
        label=_("Months that personal data is kept after the program has closed"),
        min_value=1,
        max_value=60,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.program.anonymity_k_locked:
            self.fields["anonymity_k"].disabled = True
            self.fields["anonymity_k"].help_text = _(
                "A survey has promised this number, so it is fixed."
            )


class RemindersForm(StepForm):
    """When people are reminded of a session."""

    step = "reminders"
    reminder_hours = forms.TypedMultipleChoiceField(
        label=_("Remind both of a session"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[*HOURS, *LATE_HOURS],
    )
    question_days = forms.TypedChoiceField(
        label=_("Ask whoever learns: “What will you ask?”"),
        coerce=int,
        choices=QUESTION_DAYS,
        help_text=_(
            "One mail, in the morning where they are, and none to those who have written their "
            "question already."
        ),
    )

    def clean_reminder_hours(self) -> list[int]:
        """The earliest first; three are plenty."""
        hours = sorted(self.cleaned_data["reminder_hours"], reverse=True)
        if len(hours) > 3:
            raise forms.ValidationError(
                _("More than three reminders are a nuisance. Choose three at most.")
            )
        return hours


FORMS: dict[str, type[StepForm]] = {
    form.step: form
    for form in (
        PurposeForm,
        DatesForm,
        WhoForm,
        RulesForm,
        AgreementForm,
        SurveysForm,
        RemindersForm,
    )
}
TITLES = {
    "purpose": _("Purpose and topics"),
    "dates": _("Dates and cadence"),
    "who": _("Who may join"),
    "rules": _("Rules of matching"),
    "agreement": _("Agreement"),
    "surveys": _("Surveys"),
    "reminders": _("Reminders"),
    "review": _("Ready?"),
}
