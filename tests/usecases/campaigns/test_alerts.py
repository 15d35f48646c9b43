"""Alerts by campaign: their buttons act in it, those of a closed one end, and none opens for its runs any more."""

from dataclasses import replace

import pytest

from bot.actions import command_of
from bot.blocks.notifications import draw
from bot.commands import Ack, ControlRequest, Split
from bot.commands.campaign import Campaign, CampaignAction
from bot.fleet.notifications.notification import EpisodeCard
from bot.fleet.refusals.declined import Declined
from bot.model import Description, ExecutionStatus, Failure, FailureKind, Window
from bot.usecases.ack import ack
from bot.usecases.campaigns.choice import in_its_campaign
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN, activity, execution
from tests.usecases.campaigns.two import JAN, MARCH, MARCH_DAYS, confirmed, proposed, two_campaigns
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


@pytest.mark.parametrize(("days", "campaign"), [(MARCH_DAYS, MARCH), (CAMPAIGN, JAN)])
async def test_the_buttons_of_an_alert_act_in_the_campaign_of_its_run(
    world: FakeWorld, days: Window, campaign: str
) -> None:
    struggles(world, "hilton", days)
    await watch_again(world, new_state(VOICE))
    (episode,) = await world.journal.open_episodes()
    (row,) = (block for block in draw(EpisodeCard(episode)).blocks if block["type"] == "actions")
    commands = [command_of(button["action_id"], button["value"]) for button in row["elements"] if "value" in button]
    proposal = await proposed(world, next(command for command in commands if isinstance(command, Split)))

    assert {command.campaign for command in commands if isinstance(command, ControlRequest)} == {campaign}
    assert proposal.command.campaign == campaign


async def test_the_buttons_name_no_campaign_where_only_one_is_known() -> None:
    world = FakeWorld()
    struggles(world, "hilton", CAMPAIGN)
    await watch_again(world, new_state(VOICE))
    (episode,) = await world.journal.open_episodes()

    assert not episode.campaign
