"""Reading the audit."""

from datetime import timedelta

import pytest

from bot.commands import Ack, Audit, Snooze
from bot.errors import Unavailable
from bot.model import Actor, AuditOutcome, AuditRecord, AuditTrail, JournalEntry, Subject
from bot.usecases.ack import ack
from bot.usecases.audit import LATEST, audit
from bot.usecases.snooze import snooze
from tests.fakes.episodes import episode
from tests.fakes.services import CHANNEL, GROUP_OPERATOR, NOW, OPERATOR, TEAM, VIEWER, FakeWorld, config
from tests.fleet.builders import execution
from tests.wording import declines

OLIVIA = Actor(OPERATOR, TEAM, CHANNEL)
OSCAR = Actor(GROUP_OPERATOR, TEAM, CHANNEL)
VICTOR = Actor(VIEWER, TEAM, CHANNEL)


def record(customer: str, user_id: str = OPERATOR, cluster: str = "voice-prod") -> AuditRecord:
    return AuditRecord(NOW, user_id, "ack", Subject(cluster, customer), AuditOutcome.DONE)


@pytest.fixture
def world() -> FakeWorld:
    world = FakeWorld()
    world.journal.episodes = {each.id: each for each in (episode("hilton"), episode("vivint"))}
    return world


async def test_changes_are_told_the_latest_first_with_the_names_of_people(world: FakeWorld) -> None:
    await ack(Ack(target="hilton"), OLIVIA, world.services)
    await snooze(Snooze(target="vivint", span=timedelta(hours=2)), OSCAR, world.services)

    result = await audit(Audit(), world.services)

    assert [(each.user_id, each.command, each.subject.customer) for each in result.trail.records] == [
        (GROUP_OPERATOR, "snooze", "vivint"),
        (OPERATOR, "ack", "hilton"),
    ]
    assert result.people == {OPERATOR: "Olivia", GROUP_OPERATOR: "Oscar"}


@pytest.mark.parametrize("name", ["Hilton", "voice-prod/hilton"])
async def test_one_customers_changes_are_told(world: FakeWorld, name: str) -> None:
    await ack(Ack(target="hilton"), OLIVIA, world.services)
    await ack(Ack(target="vivint"), OLIVIA, world.services)

    result = await audit(Audit(target=name), world.services)

    assert [each.subject.customer for each in result.trail.records] == ["hilton"]


@pytest.mark.parametrize("name", ["o'brien", "voice-prod/O'Brien"])
async def test_a_customer_whose_name_nobody_can_type_as_it_is_is_found(name: str) -> None:
    world = FakeWorld(config(customers={"voice-prod": ("O’Brien",)}))
    await world.journal.record(JournalEntry(audit=(record("O’Brien"), record("hilton"))), NOW)

    assert (await audit(Audit(target=name), world.services)).trail.in_all == 1


async def test_what_does_not_fit_is_counted(world: FakeWorld) -> None:
    await world.journal.record(JournalEntry(audit=(record("hilton"),) * (LATEST + 5)), NOW)

    trail = (await audit(Audit(), world.services)).trail

    assert (len(trail.records), trail.in_all) == (LATEST, LATEST + 5)


async def test_a_customer_that_has_left_the_configuration_keeps_its_records(world: FakeWorld) -> None:
    await world.journal.record(JournalEntry(audit=(record("gone-by-now"),)), NOW)

    assert (await audit(Audit(target="gone-by-now"), world.services)).trail.in_all == 1


async def test_changes_on_a_cluster_are_told_by_its_name(world: FakeWorld) -> None:
    here = (record("hilton"), record(""))
    await world.journal.record(JournalEntry(audit=(*here, record("hilton", cluster="chat-prod"))), NOW)

    trail = (await audit(Audit(target="Voice-Prod"), world.services)).trail

    assert trail == AuditTrail(tuple(reversed(here)), 2)


@pytest.mark.parametrize("name", ["vivint", "voice-prod/vivint", "voice-prod"])
async def test_a_name_without_changes_is_no_mistake(world: FakeWorld, name: str) -> None:
    assert (await audit(Audit(target=name), world.services)).trail == AuditTrail((), 0)


async def test_a_name_that_nobody_has_is_answered_with_the_nearest(world: FakeWorld) -> None:
    with declines(r"no cluster or customer “hiltn”.* Did you mean hilton"):
        await audit(Audit(target="hiltn"), world.services)


async def test_a_customer_that_runs_without_being_configured_has_none() -> None:
    world = FakeWorld()
    world.engines["voice-prod"].add(execution("newcomer"))

    assert (await audit(Audit(target="newcomer"), world.services)).trail.in_all == 0


async def test_namesakes_on_two_clusters_are_told_together() -> None:
    world = FakeWorld(config({"voice-prod": ("hilton",), "chat-prod": ("hilton",)}))
    none = await audit(Audit(target="hilton"), world.services)
    await world.journal.record(JournalEntry(audit=(record("hilton"), record("hilton", cluster="chat-prod"))), NOW)

    result = await audit(Audit(target="hilton"), world.services)

    assert none.trail.in_all == 0
    assert [each.subject.cluster for each in result.trail.records] == ["chat-prod", "voice-prod"]


async def test_people_are_told_by_id_while_slack_does_not_say_their_names(world: FakeWorld) -> None:
    await ack(Ack(target="hilton"), OLIVIA, world.services)
    world.people.away = Unavailable("slack", "timed out")

    result = await audit(Audit(), world.services)

    assert result.people == {OPERATOR: OPERATOR}
