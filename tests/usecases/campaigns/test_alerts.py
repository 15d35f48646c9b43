"""Alerts by campaign: those of a closed one end, and nobody is alerted of its runs any more."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.commands import Ack, Run
from bot.commands.campaign import Campaign, CampaignAction
from bot.fleet.notifications.keys import card_key
from bot.fleet.notifications.sequence import BegunLine
from bot.fleet.refusals.declined import Declined
from bot.model import Description, ExecutionStatus, Failure, FailureKind, Phase, SequenceEnd, Window
from bot.usecases.ack import ack
from bot.usecases.campaigns.choice import in_its_campaign
from bot.usecases.drive.publish import SequenceReport, tell
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN, activity, execution
from tests.usecases.campaigns.two import JAN, MARCH, MARCH_DAYS, confirmed, two_campaigns
from tests.usecases.steered import OLIVIA, VOICE
from tests.usecases.watch.passes import new_state
from tests.usecases.watch.test_closed_runs import watch_again

TIMED_OUT = Failure(FailureKind.HEARTBEAT_TIMEOUT, "timeout")


@pytest.fixture
def world() -> FakeWorld:
    return two_campaigns()


def struggles(world: FakeWorld, customer: str, days: Window) -> None:
    silent = activity(attempt=3, last_failure=TIMED_OUT)
    run = execution(customer, days, VOICE, started_at=world.now)
    world.engines[VOICE].put(Description(run, (silent,), cancel_requested=False, workflow_task_attempt=1))


def fails(world: FakeWorld, customer: str, days: Window) -> None:
    (ref,) = (ref for ref in world.engines[VOICE].descriptions if ref.workflow_id.startswith(f"backfill-{customer}-"))
    known = world.engines[VOICE].descriptions[ref].execution
    assert str(days.start) in ref.workflow_id
    world.engines[VOICE].add(replace(known, status=ExecutionStatus.FAILED, closed_at=world.now))


async def alerted(world: FakeWorld) -> list[str]:
    return sorted(episode.customer for episode in await world.journal.open_episodes())


async def test_the_alerts_of_a_closed_campaign_end_and_none_opens(world: FakeWorld) -> None:
    struggles(world, "hilton", MARCH_DAYS)
    struggles(world, "vivint", CAMPAIGN)
    state = await watch_again(world, new_state(VOICE))
    fails(world, "hilton", MARCH_DAYS)
    await watch_again(world, state)
    before = await alerted(world)
    await confirmed(world, Campaign(target=MARCH, action=CampaignAction.CLOSE))
    await watch_again(world, state)
    struggles(world, "sunbit", MARCH_DAYS)
    await watch_again(world, state)

    assert before == ["hilton", "vivint"]
    assert await alerted(world) == ["vivint"]


async def test_an_alert_is_taken_on_in_the_campaign_that_is_named(world: FakeWorld) -> None:
    struggles(world, "vivint", CAMPAIGN)
    await watch_again(world, new_state(VOICE))
    command, services = await in_its_campaign(Ack(target="vivint", campaign=MARCH), world.services)
    with pytest.raises(Declined):
        await ack(command, OLIVIA, services)
    command, services = await in_its_campaign(Ack(target="vivint", campaign=JAN), world.services)
    await ack(command, OLIVIA, services)
    (episode,) = await world.journal.open_episodes()

    assert episode.acked_by == OLIVIA.user_id


async def reports(world: FakeWorld, campaign: str, **changes: Any) -> None:
    """The sequence of the campaign reports how it stands."""
    (standing,) = [each for each in await world.controls[VOICE].sequences() if each.campaign == campaign]
    latest = await world.controls[VOICE].sequence_at(standing.ref.workflow_id)
    assert latest
    assert latest.progress
    progress = replace(latest.progress, **changes)
    line = BegunLine(progress.spec, progress.queued)
    await tell(SequenceReport.of(progress, 1, (line,)), world.services)


async def test_a_sequence_of_another_campaign_neither_takes_an_alert_over_nor_ends_it(world: FakeWorld) -> None:
    struggles(world, "hilton", CAMPAIGN)
    await watch_again(world, new_state(VOICE))
    world.now += timedelta(minutes=1)
    await confirmed(world, Run(target="hilton", campaign=MARCH))
    (begun,) = await world.controls[VOICE].sequences()
    await reports(world, MARCH)
    (open_alert,) = await world.journal.open_episodes()
    await reports(world, MARCH, phase=Phase.ENDED, end=SequenceEnd.COMPLETE)

    (after,) = await world.journal.open_episodes()
    assert begun.thread_key != after.root_key
    assert open_alert.sequence is None
    assert after.sequence is None


async def test_an_alert_of_a_campaign_is_not_hidden_in_the_thread_of_another_ones_sequence(world: FakeWorld) -> None:
    await confirmed(world, Run(target="hilton", campaign=MARCH))
    await reports(world, MARCH)
    world.now += timedelta(minutes=1)
    struggles(world, "hilton", CAMPAIGN)
    await watch_again(world, new_state(VOICE))

    (alert,) = await world.journal.open_episodes()
    assert alert.root_key == card_key(alert)


async def test_an_alert_about_the_days_of_a_sequence_opens_in_its_thread(world: FakeWorld) -> None:
    await confirmed(world, Run(target="hilton", campaign=MARCH))
    await reports(world, MARCH)
    world.now += timedelta(minutes=1)
    struggles(world, "hilton", MARCH_DAYS)
    await watch_again(world, new_state(VOICE))

    (standing,) = await world.controls[VOICE].sequences()
    (alert,) = await world.journal.open_episodes()
    assert alert.root_key == standing.thread_key
