"""What people say in a survey reaches those whom its label names, and nobody else."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from common import clock
from common.errors import DomainError
from feedback import mail
from feedback.domain import answers, rounds
from feedback.domain.anonymity.classes import in_fives
from feedback.enums import Label
from feedback.models import AnonymousAnswer, Participation, Response, SurveyRound
from tests.factories import ProgramStaffFactory, UserFactory
from tests.feedback.factories import ParticipationFactory, RoundFactory
from tests.support.types import AsUser


def link(participation: Participation) -> str:
    return reverse("feedback:survey_answer", args=[mail.make_token(participation)])


def answered_round(label: Label, people: int = 10) -> SurveyRound:
    survey_round = RoundFactory(label=label)
    for number in range(people):
        participation = ParticipationFactory(round=survey_round)
        answers.submit(
            participation=participation,
            answers={"q-scale": 1 + number % 5, "q-words": f"secret words {number}"},
        )
    return survey_round


def close(survey_round: SurveyRound) -> None:
    survey_round.closes_at = clock.now()
    survey_round.save()
    assert rounds.close_due_rounds() == 1


@pytest.mark.broad
@pytest.mark.django_db
def test_what_was_written_in_confidence_is_read_by_the_named_readers_alone(as_user: AsUser) -> None:
    survey_round = answered_round(Label.CONFIDENTIAL)
    reader = UserFactory()
    survey_round.readers.add(reader)
    close(survey_round)
    coordinator = ProgramStaffFactory(program=survey_round.program).person
    for person in (coordinator, UserFactory(is_hr_admin=True)):
        text = (
            as_user(person)
            .get(reverse("feedback:round_detail", args=[survey_round.public_id]))
            .text
        )
        assert "secret words" not in text
        assert "Only the named readers" in text
    assert (
        "secret words 3"
        in as_user(reader)
        .get(reverse("feedback:round_answers", args=[survey_round.public_id]))
        .text
    )


@pytest.mark.django_db
@pytest.mark.parametrize("label", [Label.CONFIDENTIAL, Label.ATTRIBUTED])
def test_a_link_does_not_show_whoever_reads_the_mail_what_was_sent(
    client: Client, as_user: AsUser, label: Label
) -> None:
    participation = ParticipationFactory(round=RoundFactory(label=label))
    given = {"q-scale": 2, "q-words": "My boss does not listen."}
    answers.submit(participation=participation, answers=given)
    change = {"change": "1"}
    assert "does not listen" not in client.get(link(participation), change).text
    assert "does not listen" not in as_user(UserFactory()).get(link(participation), change).text
    own = as_user(participation.person).get(link(participation), change).text
    assert "does not listen" in own
    assert Response.objects.get().answers == given


@pytest.mark.django_db
def test_an_answer_that_comes_with_the_close_is_told_so(client: Client) -> None:
    participation = ParticipationFactory()
    close(participation.round)
    with pytest.raises(DomainError, match="has closed"):  # the participation has another id by now
        answers.submit(participation=participation, answers={"q-scale": 3})


@pytest.mark.broad
@pytest.mark.django_db(transaction=True)
def test_an_answer_and_the_close_never_wait_for_each_other() -> None:
    """The close deletes participations and answers need the round: in the wrong order that is a
    deadlock.
    """
    problems: list[BaseException] = []
    for _turn in range(6):
        survey_round = RoundFactory()
        asked = [ParticipationFactory(round=survey_round) for _ in range(6)]
        together = threading.Barrier(len(asked) + 1)

        def run(work: Any, together: threading.Barrier = together) -> None:
            try:
                together.wait(10)
                work()
            except DomainError:
                pass  # it came after the close
            except BaseException as error:  # noqa: BLE001 - whatever a thread dies of is the result
                problems.append(error)
            finally:
                connections.close_all()

        work = [
            lambda p=one: answers.submit(participation=p, answers={"q-scale": 3}) for one in asked
        ]
        work.append(lambda pk=survey_round.pk: rounds.close_round(pk=pk))
        threads = [threading.Thread(target=run, args=(one,)) for one in work]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        survey_round.refresh_from_db()
        answered = survey_round.participations.filter(responded=True).count()
        assert survey_round.answered == in_fives(answered)
    assert problems == []
    assert not AnonymousAnswer.objects.exists()


@pytest.mark.django_db
def test_after_the_close_no_row_of_any_table_joins_a_person_to_an_answer() -> None:
    """The whole database as text: a comment stands among the shuffled ones and nowhere else; a
    reminder tells no time.
    """
    survey_round = answered_round(Label.ANONYMOUS)
    close(survey_round)
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s', ["%secret words%"]
            )
            if hits := cursor.fetchone()[0]:
                found[table] = hits
        assert found == {"feedback_surveyround": 1}
        # one transaction wrote all participations: no order and no transaction id of the answering
        # is left
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM feedback_participation")
        assert cursor.fetchone()[0] == 1


@pytest.mark.broad
@pytest.mark.django_db
@pytest.mark.parametrize("label", [Label.ANONYMOUS, Label.CONFIDENTIAL])
def test_the_list_of_hidden_groups_does_not_tell_who_has_answered(label: Label) -> None:
    """The only one of a department would be seen to have answered, or not, by whether the
    department is listed.
    """
    listed = []
    for solo_answers in (True, False):
        survey_round = RoundFactory(label=label)
        for number in range(12):
            person = UserFactory(
                department="Solo" if number == 0 else "Sales", location="", grade=None
            )
            participation = ParticipationFactory(round=survey_round, person=person)
            if number or solo_answers:
                answers.submit(participation=participation, answers={"q-scale": 1 + number % 5})
        close(survey_round)
        listed.append(set(survey_round.tables.values_list("cut", "cell")))
    assert listed[0] == listed[1]
    assert ("department", "Solo") in listed[0]
