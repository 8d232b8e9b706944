"""Forms of sessions: their time, what happened at them, the mentee's question."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.timezones import zone_label
from meetings.domain.logs import TEXT_LENGTH
from meetings.domain.notes import NOTE_LENGTH
from meetings.domain.sessions import MOST_AT_ONCE, QUESTION_LENGTH
from meetings.enums import Feeling, SessionState
from meetings.forms.commitments import commitment_fields
from meetings.models import MentoringSession
from meetings.models.session import LEAST_MINUTES, MOST_MINUTES
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.models import EnrolmentTopic, Topic

BIG = {"class": "form-check-input"}
MOVED = "moved"
CANCELLED_BY_MENTOR, CANCELLED_BY_MENTEE = "cancelled_by_mentor", "cancelled_by_mentee"


class SessionTimeForm(forms.Form):
    """When and where. The zone is asked only where those who may be meant differ."""

    wall_date = forms.DateField(
        label=gettext_lazy("Day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        # the first and the last days there are cannot be reckoned with
        validators=[MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2999, 12, 31))],
    )
    wall_time = forms.TimeField(
        label=gettext_lazy("Time"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 300}),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("In which time zone"))
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"), min_value=LEAST_MINUTES, max_value=MOST_MINUTES
    )
    place = forms.CharField(
        label=gettext_lazy("Place"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("A room, a café, a walk. Leave it empty when you meet online."),
    )
    link = forms.URLField(
        label=gettext_lazy("Join link"),
        max_length=500,
        required=False,
        assume_scheme="https",
        validators=[
            URLValidator(
                schemes=["https"], message=gettext_lazy("Use a link that begins with https://.")
            )
        ],
        help_text=gettext_lazy("The address of the video call. It begins with https://."),
    )

    def __init__(self, *args: Any, pairing: Pairing, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = dict.fromkeys(
            [
                *([self.initial["time_zone"]] if self.initial.get("time_zone") else []),
                reader.time_zone,
                pairing.mentor.time_zone,
                pairing.mentee.time_zone,
                pairing.program.time_zone,
            ]
        )
        zone = self.fields["time_zone"]
        zone.choices = [(name, zone_label(name)) for name in zones]  # type: ignore[attr-defined]
        self.initial.setdefault("time_zone", reader.time_zone)
        if len(zones) == 1:
            zone.widget = forms.HiddenInput()
            self.fields["wall_time"].help_text = zone_label(reader.time_zone)


class SessionNewForm(SessionTimeForm):
    """One session, or one that has been held already."""

    past = forms.BooleanField(
        label=gettext_lazy("We have met already"),
        required=False,
        help_text=gettext_lazy("For a meeting that was not booked: you can log it right away."),
    )


class SeriesForm(SessionTimeForm):
    """Several sessions in one go."""

    count = forms.IntegerField(
        label=gettext_lazy("How many sessions"), min_value=1, max_value=MOST_AT_ONCE
    )
    interval_weeks = forms.IntegerField(
        label=gettext_lazy("Weeks from one to the next"), min_value=1, max_value=26
    )
    field_order = (
        "wall_date",
        "wall_time",
        "time_zone",
        "count",
        "interval_weeks",
        "minutes",
        "place",
        "link",
    )


class QuestionForm(forms.Form):
    """What the mentee wants to ask."""

    question = forms.CharField(
        label=gettext_lazy("What will you ask?"),
        required=False,
        max_length=QUESTION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "One question is enough. Ask it some days ahead, so that there is time to prepare."
        ),
    )


class NoteForm(forms.Form):
    """A private note."""

    note = forms.CharField(
        label=gettext_lazy("Private note"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class LogForm(forms.Form):
    """What happened: the facts for both, and how it felt for oneself.

    Only the first question must be answered.

    The mentee is asked besides what they will do differently, until that is done. The form carries
    what it showed when it was opened, so that what its reader did not touch need not take the place
    of what has been written meanwhile.
    """

    seen = forms.CharField(
        required=False, widget=forms.HiddenInput
    )  # when the log was written that the form shows
    topics_shown = forms.CharField(required=False, widget=forms.HiddenInput)

    outcome = forms.ChoiceField(
        label=gettext_lazy("What happened?"), widget=forms.RadioSelect(attrs=BIG)
    )
    feeling = forms.TypedChoiceField(
        label=gettext_lazy("How did it feel to you?"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[(face.value, face.label) for face in reversed(Feeling)],
        widget=forms.RadioSelect(attrs=BIG),
    )
    topics = forms.ModelMultipleChoiceField(
        label=gettext_lazy("What did you talk about?"),
        queryset=Topic.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=BIG),
    )
    takeaway = forms.CharField(
        label=gettext_lazy("Shared takeaway"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What stays, in a sentence or two."),
    )
    mentor_taught = forms.CharField(
        required=False, max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 2})
    )
    mentee_taught = forms.CharField(
        required=False, max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 2})
    )
    note = forms.CharField(
        label=gettext_lazy("Private note"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self,
        *args: Any,
        session: MentoringSession,
        reader: User,
        with_commitment: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        pairing = session.pairing
        by_mentor = reader.pk == pairing.mentor_id
        other = pairing.mentee if by_mentor else pairing.mentor
        mine, theirs = (
            (CANCELLED_BY_MENTOR, CANCELLED_BY_MENTEE)
            if by_mentor
            else (CANCELLED_BY_MENTEE, CANCELLED_BY_MENTOR)
        )
        may_move = session.state == SessionState.SCHEDULED and pairing.state == PairingState.ACTIVE
        moved = [(MOVED, _("We move it to another time"))] if may_move else []
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            (SessionState.HELD, _("We met")),
            *moved,
            (mine, _("I cancelled")),
            (theirs, _("%(name)s cancelled") % {"name": other.short_name}),
            (SessionState.MISSED, _("It did not take place")),
        ]
        self.fields["topics"].queryset = topics_of(session)  # type: ignore[attr-defined]
        shown, learnt = (
            ("mentor_taught", "mentee_taught") if by_mentor else ("mentee_taught", "mentor_taught")
        )
        self.fields[shown].label = _("What I showed %(name)s") % {"name": other.short_name}
        self.fields[learnt].label = _("What %(name)s showed me") % {"name": other.short_name}
        if with_commitment:
            self.fields |= commitment_fields()
        self.initial["seen"] = session.logged_at.isoformat() if session.logged_at else ""
        self.initial["topics_shown"] = ",".join(
            str(topic.pk) for topic in self.initial.get("topics", ())
        )
        for name in self._texts():
            self.fields[name].show_hidden_initial = True
        if self.data.get("outcome") == MOVED and not may_move:
            self.fields["outcome"].error_messages["invalid_choice"] = _why_not_moved(session)

    def shown(self) -> str:
        """Hidden fields: what the form showed when it was opened."""
        hidden = [self[name].as_hidden(only_initial=True) for name in self._texts()]
        return format_html_join(
            "", "{}", ((field,) for field in [self["seen"], self["topics_shown"], *hidden])
        )

    def touched(self) -> set[str]:
        """The names of topics and texts that are not as the form showed them; what was not sent at
        all is not touched.
        """
        names = set(self.changed_data) & set(self._texts())
        chosen, shown = self.data.getlist("topics"), self.data.get("topics_shown")
        if chosen if shown is None else set(chosen) != set(filter(None, shown.split(","))):
            names.add("topics")
        return names

    def _texts(self) -> list[str]:
        texts = (
            "takeaway",
            "mentor_taught",
            "mentee_taught",
            "note",
            "commitment",
            "commitment_due",
        )
        return [name for name in texts if name in self.fields]


def _why_not_moved(session: MentoringSession) -> str:
    """The sentence for somebody who would move it, on a page that is not of today any more."""
    if session.logged_at:
        return _("It has been logged meanwhile, so it cannot be moved any more. Say what happened.")
    if session.state == SessionState.CANCELLED:
        return _(
            "It has been cancelled meanwhile, so it cannot be moved any more. Say what happened."
        )
    return _("Your pair is not active at the moment, so it cannot be moved. Say what happened.")


def topics_of(session: MentoringSession) -> Any:
    """What the pair may have talked about: topics that either of the two chose, or those of the
    program when none.
    """
    pairing = session.pairing
    enrolments = [pairing.mentor_enrolment_id, pairing.mentee_enrolment_id]
    chosen = set(
        EnrolmentTopic.objects.filter(enrolment__in=enrolments).values_list("topic", flat=True)
    )
    chosen |= set(session.topics.values_list("pk", flat=True))
    topics = (
        Topic.objects.filter(pk__in=chosen)
        if chosen
        else Topic.objects.filter(programs=pairing.program)
    )
    return topics.order_by("name", "pk")


class SessionFilterForm(forms.Form):
    """The list of a program's sessions."""

    q = forms.CharField(label=gettext_lazy("Name"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            *[
                (state.value, state.label)
                for state in SessionState
                if state != SessionState.PROPOSED
            ],
            ("overdue", gettext_lazy("Not logged yet")),
            ("awaiting", gettext_lazy("Held, awaiting signatures")),
            ("disagreement", gettext_lazy("Disagreement")),
        ],
    )
    sort = forms.ChoiceField(
        label=gettext_lazy("Sort by"),
        required=False,
        choices=[
            ("", gettext_lazy("Time, latest first")),
            ("earliest", gettext_lazy("Time, earliest first")),
            ("mentor", gettext_lazy("Mentor")),
            ("mentee", gettext_lazy("Mentee")),
        ],
    )
