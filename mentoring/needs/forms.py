"""The form in which a coordinator writes about an entry of *Needs you today*."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.fields import LineField, LinesField
from mentoring.needs.drafts import Draft
from programs.enums import PairRole
from programs.models import Program

SUBJECT_LENGTH, TEXT_LENGTH = 100, 2000
PREVIEW_LENGTH = 2 * TEXT_LENGTH


class PersonalMailForm(forms.Form):
    """To whom, subject and text. `once` is the id of this form: sent twice, it is mailed once."""

    to = forms.MultipleChoiceField(
        label=_("Goes to"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each person gets a separate mail and does not see the others’ addresses."),
        error_messages={"required": _("Choose at least one of them.")},
    )
    subject = LineField(label=_("Subject"), max_length=SUBJECT_LENGTH)
    text = LinesField(
        label=_("Text"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_(
            "Plain text, with an empty line between paragraphs. The greeting, the button and "
            "your name are added automatically. Assistants read many mailboxes: do not mention "
            "what a pair talks about."
        ),
    )
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any,
        *,
        program: Program,
        people: Sequence[tuple[str, User]],
        refused: Sequence[User],
        draft: Draft,
    ) -> None:
        """`refused` are those of the people to whom no mail can be sent."""
        self.program = program
        self.people = [person for _role, person in people]
        self.refused = refused
        super().__init__(data, initial=self._initial(draft))
        self._offer_recipients(people)
        self._choose_written_field()

    def _initial(self, draft: Draft) -> dict[str, Any]:
        return {
            "to": [str(person.public_id) for person in self.people],
            "subject": draft.subject,
            "text": draft.text,
            "once": uuid.uuid4(),
        }

    def _offer_recipients(self, people: Sequence[tuple[str, User]]) -> None:
        """A choice where there is more than one recipient."""
        if len(people) == 1:
            del self.fields["to"]
            return

        labels = {
            PairRole.MENTOR: self.program.mentor_label,
            PairRole.MENTEE: self.program.mentee_label,
        }
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (str(person.public_id), f"{person.name} ({labels[PairRole(role)]})")
            for role, person in people
        ]

    def _choose_written_field(self) -> None:
        """Say who sees what is written: the text, or the subject if nobody can be mailed.

        Who cannot be mailed finds only the subject, in their inbox in the application.
        """
        written = self.fields["text"]
        if len(self.refused) == len(self.people):
            del self.fields["text"]
            written = self.fields["subject"]
            written.label = _("The text that their inbox here shows")
        written.who_sees = "personal_mail"  # type: ignore[attr-defined]

    def clean_subject(self) -> str:
        """The subject on one line."""
        return _on_one_line(self.cleaned_data["subject"])

    def recipients(self) -> list[User]:
        """Those who are chosen; everybody while nobody is."""
        ids = getattr(self, "cleaned_data", {}).get("to", [])
        chosen = [person for person in self.people if str(person.public_id) in ids]
        return chosen or self.people

    def reached(self) -> list[User]:
        """Those of the recipients who can be mailed."""
        self.is_valid()  # cleans the choice of recipients
        return [person for person in self.recipients() if person not in self.refused]

    def preview(self) -> tuple[str, str]:
        """Subject and text as typed so far, valid or not, cut where they are too long."""
        subject = _on_one_line(self._typed("subject"))
        text = self._typed("text")
        return subject[:SUBJECT_LENGTH] or "–", text[:PREVIEW_LENGTH]

    def _typed(self, name: str) -> str:
        if name not in self.fields:
            return ""
        return str(self[name].value() or "")


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
