"""Who may see which mentoring sessions, and who may read a private note."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from pairings.enums import SessionState
from programs.models import Program


class SessionQuerySet(models.QuerySet["MentoringSession"]):
    """Mentoring sessions."""

    def of_pair(self, user: Any) -> Self:
        """Sessions of one's own pairs: with everything the pair shares."""
        from pairings.models import Pairing

        return self.filter(pairing__in=Pairing.objects.of_pair(user))

    def of_delegate(self, user: Any) -> Self:
        """Sessions whose times this person handles for a mentee.

        Show time, place, link and the mentor's name alone.
        """
        from pairings.models import Pairing

        return self.filter(pairing__in=Pairing.objects.of_delegate(user))

    def times_visible_to(self, user: Any) -> Self:
        """Sessions whose time, place and state this person may know: the pair, its managers, and a
        mentee's delegate.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_hr_admin:
            return self
        from pairings.models import Pairing

        return self.filter(
            Q(pairing__in=Pairing.objects.of_pair(user))
            | Q(pairing__program__in=Program.objects.managed_by(user))
            | Q(pairing__in=Pairing.objects.of_delegate(user))
        )

    def counted(self) -> Self:
        """Those that count: held, of pairs of which both have signed a version of the agreement.

        A later version that waits for signatures takes nothing back.
        """
        return self.filter(Exists(_signed_by_both()), state=SessionState.HELD)

    def awaiting_signatures(self) -> Self:
        """Held before both had signed: they count once both have."""
        return self.filter(~Exists(_signed_by_both()), state=SessionState.HELD)

    def with_signed(self) -> Self:
        """With `signed`: both of the pair have signed a version of the agreement."""
        return self.annotate(signed=Exists(_signed_by_both()))

    def with_disagreement(self) -> Self:
        """With `disagreement`: one of the pair says that they met, the other that they did not."""
        from pairings.models import SessionStatement

        said = SessionStatement.objects.filter(session=OuterRef("pk"))
        met, not_met = (
            said.filter(outcome=SessionState.HELD),
            said.exclude(outcome=SessionState.HELD),
        )
        return self.annotate(disagreement=Exists(met) & Exists(not_met))


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    """Commitments."""

    def visible_to(self, user: Any) -> Self:
        """Those of one's own pairs.

        Nobody else: neither coordinator, nor HR, nor the mentee's delegate.
        """
        from pairings.models import Pairing

        return self.filter(pairing__in=Pairing.objects.of_pair(user))


class PrivateNoteQuerySet(models.QuerySet["PrivateNote"]):
    """Private notes.

    `of_author` is the only way in: no other query may stand in the application.
    """

    def of_author(self, user: Any) -> Self:
        """The notes that this person wrote, and nobody else's, whatever their role."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(author=user)


def _signed_by_both() -> models.QuerySet[Any]:
    """Signatures of the mentor on versions that the mentee has signed too; the outer query's rows
    are sessions.
    """
    from pairings.models import Signature

    # the two people are asked of the outer row: from within, Postgres would work through every
    # signature there is
    theirs = Signature.objects.filter(
        version=OuterRef("version"), person=OuterRef(OuterRef("pairing__mentee"))
    )
    return Signature.objects.filter(
        Exists(theirs), version__pairing=OuterRef("pairing"), person=OuterRef("pairing__mentor")
    )
