"""Forms of what happened at a session: the log, and a private note."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.changes import NoticesChanges
from common.fields import LineField, LinesField
from meetings.domain.logs import TEXT_LENGTH, written_at
from meetings.domain.notes import NOTE_LENGTH
from meetings.enums import Feeling, SessionState
from meetings.forms.commitments import commitment_fields
from meetings.models import MentoringSession
from pairings.enums import PairingState
from pairings.models import Pairing
from programs.models import EnrolmentTopic, Topic

BIG = {"class": "form-check-input"}
MOVED = "moved"
CANCELLED_BY_MENTOR, CANCELLED_BY_MENTEE = "cancelled_by_mentor", "cancelled_by_mentee"
TEXTS = ("takeaway", "mentor_taught", "mentee_taught", "note", "commitment", "commitment_due")


class NoteForm(NoticesChanges, forms.Form):
    """A private note."""

    note = LinesField(
        label=gettext_lazy("Private note"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class LogForm(forms.Form):
    """What happened, for both, and how it felt to the reader. Only the outcome is required.

    The mentee is also asked for a commitment that is not done. The form carries what it showed when
    it was opened. So a text that its reader did not touch does not replace a newer one.
    """

    # When the log that the form shows was written; empty if there was none.
    seen = LineField(required=False, widget=forms.HiddenInput)
    topics_shown = LineField(required=False, widget=forms.HiddenInput)

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
    takeaway = LinesField(
        label=gettext_lazy("Shared takeaway"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What stays, in a sentence or two."),
    )
    mentor_taught = LinesField(
        required=False, max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 2})
    )
    mentee_taught = LinesField(
        required=False, max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 2})
    )
    note = LinesField(
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
        self._set_outcomes(session, reader)
        self._set_labels(session.pairing, reader)
        self.fields["topics"].queryset = topics_of(session)  # type: ignore[attr-defined]
        if with_commitment:
            self.fields |= commitment_fields()
        self._keep_what_is_shown(session)

    def _keep_what_is_shown(self, session: MentoringSession) -> None:
        """Add hidden fields with what the form shows, to see later what its reader touched."""
        topics = self.initial.get("topics", ())
        self.initial["topics_shown"] = ",".join(str(topic.pk) for topic in topics)
        self.initial["seen"] = written_at(session)
        for name in self._texts():
            self.fields[name].show_hidden_initial = True

    def _set_outcomes(self, session: MentoringSession, reader: User) -> None:
        field = self.fields["outcome"]
        field.choices = _outcomes(session, reader)  # type: ignore[attr-defined]
        if self.data.get("outcome") == MOVED and not _may_move(session):
            field.error_messages["invalid_choice"] = _why_not_moved(session)

    def _set_labels(self, pairing: Pairing, reader: User) -> None:
        """Each side reads what they showed and what they were shown."""
        shown, learnt = self.fields["mentor_taught"], self.fields["mentee_taught"]
        if reader.pk != pairing.mentor_id:
            shown, learnt = learnt, shown
        name = pairing.partner_of(reader).short_name
        shown.label = _("What I showed %(name)s") % {"name": name}
        learnt.label = _("What %(name)s showed me") % {"name": name}

    def shown(self) -> str:
        """Hidden fields: what the form showed when it was opened."""
        hidden = [self[name].as_hidden(only_initial=True) for name in self._texts()]
        fields = [self["seen"], self["topics_shown"], *hidden]
        return format_html_join("", "{}", ((field,) for field in fields))

    def touched(self) -> set[str]:
        """The names of topics and texts that differ from what the form showed.

        A field that was not sent is not touched.
        """
        names = set(self.changed_data) & set(self._texts())
        if self._topics_are_touched():
            names.add("topics")
        return names

    def _topics_are_touched(self) -> bool:
        chosen = set(self.data.getlist("topics"))
        shown = self.data.get("topics_shown")
        if shown is None:
            return bool(chosen)
        return chosen != set(filter(None, shown.split(",")))

    def show_as_seen(self, session: MentoringSession) -> None:
        """The reader is told what the newest log says: when they save again, they have seen it."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["seen"] = written_at(session)  # type: ignore[index]

    def _texts(self) -> list[str]:
        return [name for name in TEXTS if name in self.fields]


def _outcomes(session: MentoringSession, reader: User) -> list[tuple[str, str]]:
    """What the reader can say happened."""
    choices: list[tuple[str, str]] = [(SessionState.HELD, _("We met"))]
    if _may_move(session):
        choices.append((MOVED, _("We move it to another time")))
    choices += _cancelled_choices(session.pairing, reader)
    return [*choices, (SessionState.MISSED, _("It did not take place"))]


def _may_move(session: MentoringSession) -> bool:
    is_active = session.pairing.state == PairingState.ACTIVE
    return is_active and session.state == SessionState.SCHEDULED


def _cancelled_choices(pairing: Pairing, reader: User) -> list[tuple[str, str]]:
    """That the reader cancelled, and that the partner did."""
    by_reader, by_partner = CANCELLED_BY_MENTEE, CANCELLED_BY_MENTOR
    if reader.pk == pairing.mentor_id:
        by_reader, by_partner = by_partner, by_reader
    name = pairing.partner_of(reader).short_name
    return [
        (by_reader, _("I cancelled")),
        (by_partner, _("%(name)s cancelled") % {"name": name}),
    ]


def _why_not_moved(session: MentoringSession) -> str:
    """The sentence for a reader whose page still offered to move it."""
    if session.logged_at:
        return _("It has been logged meanwhile, so it cannot be moved any more. Say what happened.")
    if session.state == SessionState.CANCELLED:
        return _(
            "It has been cancelled meanwhile, so it cannot be moved any more. Say what happened."
        )
    return _("Your pair is not active at the moment, so it cannot be moved. Say what happened.")


def topics_of(session: MentoringSession) -> QuerySet[Topic]:
    """Topics that the pair chose or has logged here, or those of the program if there are none."""
    ids = _topics_chosen_by(session.pairing)
    ids |= set(session.topics.values_list("pk", flat=True))
    ids |= {session.topic_id} - {None}
    if ids:
        topics = Topic.objects.filter(pk__in=ids)
    else:
        topics = Topic.objects.filter(programs=session.pairing.program)
    return topics.order_by("name", "pk")


def _topics_chosen_by(pairing: Pairing) -> set[int]:
    enrolments = [pairing.mentor_enrolment_id, pairing.mentee_enrolment_id]
    chosen = EnrolmentTopic.objects.filter(enrolment__in=enrolments)
    return set(chosen.values_list("topic", flat=True))
