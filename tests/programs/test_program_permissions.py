"""Reads and verbs agree, for every role."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from programs.models import Enrolment, Program
from tests.url_matrix.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.broad
def test_managing_a_program_is_the_same_in_queries_and_in_predicates(world: World) -> None:
    for role, person in world.people.items():
        managed = set(Program.objects.managed_by(person))
        visible = set(Program.objects.visible_to(person))
        for program in Program.objects.all():
            assert person.has_perm("programs.manage_program", program) == (program in managed), (
                role,
                program,
            )
            assert program not in managed or program in visible, (role, program)
    managers = {
        role
        for role, person in world.people.items()
        if person.has_perm("programs.manage_program", world.program)
    }
    assert managers == {"coordinator", "hr_admin"}


def test_an_enrolment_is_seen_by_its_person_and_its_managers_and_filled_in_by_its_person(
    world: World,
) -> None:
    for role, person in world.people.items():
        visible = set(Enrolment.objects.visible_to(person))
        for row in Enrolment.objects.select_related("program"):
            own = person.has_perm("programs.edit_enrolment", row)
            manages = person.has_perm("programs.manage_enrolment", row)
            assert (own or manages) == (row in visible), (role, row)
            assert own == (row.person_id == person.pk and person.is_active), (role, row)


@pytest.mark.parametrize(
    "verb", ["create_program", "manage_program", "assign_staff", "edit_enrolment", "join_open_call"]
)
def test_nobody_signed_in_may_nothing(verb: str, world: World) -> None:
    target = world.enrolment if verb == "edit_enrolment" else world.program
    assert not AnonymousUser().has_perm(f"programs.{verb}", target)
    assert not world.people["deactivated"].has_perm(f"programs.{verb}", target)
    assert (
        set(Program.objects.visible_to(AnonymousUser()))
        == set(Enrolment.objects.visible_to(AnonymousUser()))
        == set()
    )


def test_an_open_call_is_visible_to_everybody_while_people_enrol(world: World) -> None:
    stranger = world.people["stranger"]
    assert world.program not in Program.objects.visible_to(stranger)
    Program.objects.filter(pk=world.program.pk).update(open_call=True, state="enrolling")
    assert world.program in Program.objects.visible_to(stranger)
    assert stranger.has_perm("programs.join_open_call", Program.objects.get(pk=world.program.pk))
