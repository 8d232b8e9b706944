"""Match runs and what they propose."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel
from matching.enums import FINISHED_RUN_STATES, AlternativeKind, RuleKind, RunState
from pairings.models import Pairing
from programs.enums import Objective
from programs.models import Enrolment, Program


class MatchRunQuerySet(models.QuerySet["MatchRun"]):
    """Match runs."""

    def visible_to(self, user: Any) -> MatchRunQuerySet:
        """Those who manage the program."""
        return self.filter(program__in=Program.objects.managed_by(user))

    def finished(self) -> MatchRunQuerySet:
        """Those that have pairs to look at, published or not."""
        return self.filter(state__in=FINISHED_RUN_STATES)

    def locked(self) -> MatchRunQuerySet:
        """Each run locked, with its program."""
        return self.select_for_update(of=("self",)).select_related("program")

    def after(self, run: MatchRun) -> MatchRunQuerySet:
        """The later runs of the same program."""
        return self.filter(program=run.program_id, created_at__gt=run.created_at)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Proposed pairs."""

    def visible_to(self, user: Any) -> ProposalQuerySet:
        """Those who manage the program."""
        return self.filter(run__program__in=Program.objects.managed_by(user))

    def with_people(self) -> ProposalQuerySet:
        """With the enrolments and people of both sides."""
        return self.select_related("mentor__person", "mentee__person")


class PairRuleQuerySet(models.QuerySet["PairRule"]):
    """Pinned and excluded pairs."""

    def visible_to(self, user: Any) -> PairRuleQuerySet:
        """Those who manage the program."""
        return self.filter(program__in=Program.objects.managed_by(user))

    def with_people(self) -> PairRuleQuerySet:
        """With the enrolments and people of both sides."""
        return self.select_related("mentor__person", "mentee__person")


class HandChangeQuerySet(models.QuerySet["HandChange"]):
    """Changes by hand."""

    def visible_to(self, user: Any) -> HandChangeQuerySet:
        """Those who manage the program."""
        return self.filter(run__program__in=Program.objects.managed_by(user))

    def standing(self) -> HandChangeQuerySet:
        """Those that have not been undone."""
        return self.filter(undone_at__isnull=True)


class MatchRun(PublicModel):
    """One run of matching: its rules and weights, its progress and its figures.

    `statistics` describes the pairs as they are now. `figures_as_found` keeps the figures that the
    run itself came to and proved, before any change by hand.
    """

    program = models.ForeignKey(Program, models.CASCADE, related_name="match_runs")
    state = models.CharField(_("state"), max_length=10, choices=RunState, default=RunState.QUEUED)
    objective = models.CharField(_("aim"), max_length=15, choices=Objective)
    floor = models.BooleanField(_("weakest match as good as can be"), default=True)
    rules = models.JSONField(_("rules"), default=dict)
    weights = models.JSONField(_("weights"), default=dict)
    input_digest = models.CharField(_("fingerprint of the input"), max_length=64, blank=True)
    progress = models.PositiveSmallIntegerField(_("progress in percent"), default=0)
    stage = models.CharField(_("what it is doing"), max_length=60, blank=True)
    cancel_requested = models.BooleanField(_("to be cancelled"), default=False)
    statistics = models.JSONField(_("figures"), default=dict)
    figures_as_found = models.JSONField(_("figures as found"), default=dict)
    problem = models.TextField(_("why it failed"), blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    claim = models.UUIDField(_("claimed by"), null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = MatchRunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["program"],
                condition=Q(state__in=["queued", "running"]),
                name="match_run_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(progress__lte=100), name="match_run_progress_percent"
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(claim__isnull=False, lease_until__isnull=False),
                name="match_run_running_means_claimed",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False),
                name="match_run_published_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program_id}: {self.state}"


class Proposal(PublicModel):
    """A proposed pair: `score` in basis points, `breakdown` {component: points} that adds up to it.

    `reasons` and `warnings` are lists of {"key": str, "params": {...}}; pages word them
    (pairings.wording). `alternatives` is what else was possible at the time of the run. `refusal`
    (a key, or empty) says why publishing left the pair out. `by_hand` marks a pair that a
    coordinator has changed (see `HandChange`). Private rules appear only as "not_available".
    """

    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="proposals")
    mentor = models.ForeignKey(Enrolment, models.CASCADE, related_name="proposals_as_mentor")
    mentee = models.ForeignKey(Enrolment, models.CASCADE, related_name="proposals_as_mentee")
    score = models.PositiveIntegerField(_("score"))
    breakdown = models.JSONField(_("breakdown"), default=dict)
    reasons = models.JSONField(_("reasons"), default=list)
    warnings = models.JSONField(_("warnings"), default=list)
    alternatives = models.JSONField(_("alternatives"), default=list)
    pinned = models.BooleanField(_("pinned"), default=False)
    by_hand = models.BooleanField(_("changed by hand"), default=False)
    refusal = models.CharField(_("why it was not published"), max_length=40, blank=True)
    pairing = models.OneToOneField(
        Pairing,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="proposal",
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "mentor", "mentee"], name="proposal_once"),
            models.CheckConstraint(
                condition=Q(score__lte=10_000), name="proposal_score_basis_points"
            ),
            models.CheckConstraint(
                condition=~Q(mentor=F("mentee")), name="proposal_two_enrolments"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mentor_id} for {self.mentee_id}"

    @property
    def pair_ids(self) -> tuple[int, int]:
        """The ids of the two enrolments: mentor, mentee."""
        return self.mentor_id, self.mentee_id

    def people_of_alternatives(self) -> set[str]:
        """The public ids of all enrolments that the alternatives name."""
        ids = {option[side] for option in self.alternatives for side in ("mentor", "other")}
        return ids - {None}


class Unmatched(PublicModel):
    """Somebody without a partner after a run, and why: {"key": str, "params": {...}}."""

    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="unmatched")
    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="+")
    reason = models.JSONField(_("why"), default=dict)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "enrolment"], name="unmatched_once")]

    def __str__(self) -> str:
        return str(self.enrolment_id)


class HandChange(PublicModel):
    """A change that a coordinator made to the pairs of a finished run, with what undoing needs.

    `pairs` has one entry per proposal: {"proposal": id, "was": {...}, "now": [mentor, mentee]};
    `was` is the row before the change, with its "pair". `pinned` and `unpinned` are the pairs whose
    pins the change made and removed. `placed` are the people whom it gave a partner, with the
    reason why they had none. People and proposals are named by public id; `costs` is what the total
    fit lost, in basis points (negative: gained).
    """

    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="hand_changes")
    kind = models.CharField(_("kind"), max_length=10, choices=AlternativeKind)
    pairs = models.JSONField(_("pairs before and after"), default=list)
    pinned = models.JSONField(_("pins made"), default=list, blank=True)
    unpinned = models.JSONField(_("pins removed"), default=list, blank=True)
    placed = models.JSONField(_("people placed"), default=list, blank=True)
    costs = models.IntegerField(_("cost in basis points"), default=0)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    objects = HandChangeQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=AlternativeKind.values), name="hand_change_kind"
            ),
            models.CheckConstraint(condition=~Q(pairs=[]), name="hand_change_has_pairs"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undone_at__gte=F("created_at")),
                name="hand_change_undone_after_made",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.kind}"

    def people(self) -> set[str]:
        """The public ids of all enrolments that the change concerns."""
        return {id_ for pair in self.pairs for id_ in (*pair["was"]["pair"], *pair["now"])}

    def proposals(self) -> set[str]:
        """The public ids of the proposals that it changes."""
        return {pair["proposal"] for pair in self.pairs}

    def concerns(self, proposal: Proposal) -> bool:
        """Whether it changed this proposal."""
        return any(pair["proposal"] == str(proposal.public_id) for pair in self.pairs)


class PairRule(PublicModel):
    """A pair that a coordinator has pinned or excluded, for every later run of the program."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="pair_rules")
    mentor = models.ForeignKey(Enrolment, models.CASCADE, related_name="+")
    mentee = models.ForeignKey(Enrolment, models.CASCADE, related_name="+")
    kind = models.CharField(_("rule"), max_length=6, choices=RuleKind)

    objects = PairRuleQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["program", "mentor", "mentee"], name="pair_rule_once"),
            models.CheckConstraint(
                condition=~Q(mentor=F("mentee")), name="pair_rule_two_enrolments"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.mentor_id} for {self.mentee_id}"
