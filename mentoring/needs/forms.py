"""The form in which a coordinator writes about an entry of *Needs you today*."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mentoring.needs.drafts import Draft
from mentoring.needs.queue import Need
from programs.enums import PairRole
from programs.models import Program

SUBJECT_LENGTH, TEXT_LENGTH = 100, 2000


class Words(forms.CharField):
    """Paragraphs whose length is counted as the browser counts it: a line end is one character."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        """With plain line ends."""
        return str(
            super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)
        )


class WordForm(forms.Form):
    """To whom, subject and text.

    `once` names this very form, so that sending it twice sends it once.
    """

    to = forms.MultipleChoiceField(
        label=_("Goes to"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each gets a mail of their own, and sees nobody else’s address."),
        error_messages={"required": _("Choose at least one of them.")},
    )
    subject = forms.CharField(label=_("Subject"), max_length=SUBJECT_LENGTH)
    text = Words(
        label=_("Text"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_(
            "Plain text, an empty line between paragraphs. The greeting above it, the button and "
            "your name below it come by"
            " themselves. Assistants read many mailboxes: nothing here of what a pair talks about."
        ),
    )
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any,
        *,
        need: Need,
        program: Program,
        people: Sequence[tuple[str, User]],
        draft: Draft,
        line: bool,
    ) -> None:
        """`line`: none of them can be mailed, so that there is a subject and nothing else."""
        initial = {"subject": draft.subject, "text": draft.text, "once": uuid.uuid4()}
        super().__init__(
            data, initial=initial | {"to": [str(person.public_id) for _role, person in people]}
        )
        self.people = [person for _role, person in people]
        self.fields["text"].who_sees = "word"  # type: ignore[attr-defined]
        if len(people) == 1:
            del self.fields["to"]
        else:
            roles = {PairRole.MENTOR: program.mentor_label, PairRole.MENTEE: program.mentee_label}
            choices = [
                (str(person.public_id), f"{person.name} ({roles[PairRole(role)]})")
                for role, person in people
            ]
            self.fields["to"].choices = choices  # type: ignore[attr-defined]
        if line:
            del self.fields["text"]
            self.fields["subject"].label = _("What they read in their inbox here")
            self.fields["subject"].who_sees = "word"  # type: ignore[attr-defined]

    def clean_subject(self) -> str:
        """On one line."""
        return " ".join(str(self.cleaned_data["subject"]).split())

    def chosen(self) -> list[User]:
        """Whom it goes to; everybody it could go to, while nobody is chosen."""
        ids = set(self.cleaned_data.get("to", [])) if hasattr(self, "cleaned_data") else set()
        return [person for person in self.people if str(person.public_id) in ids] or self.people

    def words(self) -> tuple[str, str]:
        """Subject and text as they stand in the form, for a look at them: valid or not, and cut
        where they are too long.
        """
        subject, text = (
            str(self[name].value() or "") if name in self.fields else ""
            for name in ("subject", "text")
        )
        return " ".join(subject.split())[:SUBJECT_LENGTH] or "–", text[: 2 * TEXT_LENGTH]
