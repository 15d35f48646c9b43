"""Alerts by campaign: their buttons act in it, those of a closed one end, and none opens for its runs any more."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.actions import command_of
from bot.blocks.notifications import draw
from bot.commands import Ack, ControlRequest, Split
from bot.commands.campaign import Campaign, CampaignAction
from bot.fleet.notifications.notification import EndLine, EpisodeCard, StormCard, parse
from bot.fleet.notifications.settled import is_settled
from bot.fleet.refusals.declined import Declined
from bot.fleet.runs.input_hints import input_hints
from bot.fleet.runs.mapping import CAMPAIGN_FIELD
from bot.message import Message
from bot.model import Description, Execution, ExecutionStatus, Failure, FailureKind, Ref, Window
from bot.usecases.ack import ack
from bot.usecases.campaigns.choice import in_its_campaign
from bot.usecases.campaigns.scope import services_of
from tests.fakes.services import FakeWorld
from tests.fleet.builders import BOOM, CAMPAIGN, activity, description, execution
from tests.usecases.campaigns.test_runs_without_days import workflow as workflow_without_days
from tests.usecases.campaigns.two import JAN, MARCH, MARCH_DAYS, confirmed, proposed, two_campaigns
from tests.usecases.steered import OLIVIA, VOICE
from tests.usecases.watch.passes import new_state
from tests.usecases.watch.test_closed_runs import watch_again

WITH_CAMPAIGN = "because its campaign was closed"
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
    return sorted(episode.name for episode in await world.journal.open_episodes())


def card_of(world: FakeWorld, customer: str) -> Message:
    """The message of the customer's alert."""
    (episode,) = (each for each in world.journal.episodes.values() if each.customer == customer)
    return draw(EpisodeCard(episode))


async def closes(world: FakeWorld, campaign: str) -> None:
    await confirmed(world, Campaign(target=campaign, action=CampaignAction.CLOSE))


def with_reindex() -> FakeWorld:
    """Two campaigns, and a definition without identity that is only watched."""
    fills = {"name": "fills", "types": ["CustomerBackfill"], "task_queue": "backfill"}
    reindex = {"name": "reindex", "types": ["Reindex"], "task_queue": "backfill", "covers": False}
    return two_campaigns(workflow=None, workflows=[fills, reindex])


def unclaimed(world: FakeWorld, workflow_type: str, **changes: Any) -> Execution:
    """A run that tells neither customer nor days, so that no campaign claims it."""
    ref = Ref(VOICE, f"{workflow_type}-77", "run-1")
    return execution(ref=ref, workflow_type=workflow_type, started_at=world.now, **changes)


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
    assert WITH_CAMPAIGN in card_of(world, "hilton").text


async def test_an_alert_about_an_open_run_of_a_closed_campaign_has_not_recovered() -> None:
    """Runs of a definition that covers no days do not keep a campaign from being closed."""
    world = with_reindex()
    run = execution(
        ref=Ref(VOICE, "again-77", "run-1"),
        workflow_type="Reindex",
        started_at=world.now,
        hints={CAMPAIGN_FIELD: MARCH},
    )
    world.engines[VOICE].put(description(activity(attempt=9, last_failure=BOOM), of=run))
    state = await watch_again(world, new_state(VOICE))
    before = await alerted(world)
    await closes(world, MARCH)
    await watch_again(world, state)

    (episode,) = world.journal.episodes.values()
    assert before == ["again-77"]
    assert WITH_CAMPAIGN in draw(EpisodeCard(episode)).text


async def test_all_that_is_stored_of_an_alert_says_that_it_ended_with_its_campaign(world: FakeWorld) -> None:
    for customer, days in (("hilton", MARCH_DAYS), ("sunbit", MARCH_DAYS), ("vivint", CAMPAIGN)):
        struggles(world, customer, days)
    state = await watch_again(world, new_state(VOICE))
    for customer in ("hilton", "sunbit"):
        fails(world, customer, MARCH_DAYS)
    await watch_again(world, state)
    await closes(world, MARCH)
    await watch_again(world, state)
    stored = [parse(row.message.body) for row in world.outbox.messages.values()]
    cards = [each for each in stored if isinstance(each, EpisodeCard) and not each.episode.is_open]
    about = [*cards, *(each for each in stored if isinstance(each, StormCard | EndLine))]

    assert Counter(type(each) for each in about) == {StormCard: 1, EpisodeCard: 2, EndLine: 2}
    assert [draw(each).text for each in about if WITH_CAMPAIGN not in draw(each).text] == []
    assert all(is_settled(card) for card in cards)


async def test_a_watched_run_of_no_campaign_has_its_alert_while_any_campaign_is_open() -> None:
    world = with_reindex()
    await closes(world, JAN)
    silent = activity(attempt=3, last_failure=TIMED_OUT)
    world.engines[VOICE].put(description(silent, of=unclaimed(world, "Reindex")))
    await watch_again(world, new_state(VOICE))

    assert await alerted(world) == ["Reindex-77"]


async def test_a_failed_run_that_is_not_recognised_has_its_alert_while_any_campaign_is_open(
    world: FakeWorld,
) -> None:
    await closes(world, JAN)
    state = await watch_again(world, new_state(VOICE))
    run = unclaimed(world, "CustomerBackfill", status=ExecutionStatus.FAILED, closed_at=world.now)
    world.engines[VOICE].add(run)
    await watch_again(world, state)

    assert await alerted(world) == ["CustomerBackfill-77"]


@pytest.mark.parametrize(("closed", "campaign"), [((), JAN), ((JAN,), MARCH)], ids=["none is closed", "first"])
async def test_days_of_no_campaign_have_their_alert_in_the_first_open_one(
    world: FakeWorld, closed: tuple[str, ...], campaign: str
) -> None:
    for name in closed:
        await closes(world, name)
    struggles(world, "hilton", Window(date(2025, 1, 1), date(2025, 2, 1)))
    await watch_again(world, new_state(VOICE))

    (episode,) = await world.journal.open_episodes()
    about = [name for name in (JAN, MARCH) if (await services_of(name, world.services)).is_about(episode)]
    assert (episode.campaign, about) == (campaign, [campaign])


async def test_no_alert_opens_once_all_campaigns_are_closed(world: FakeWorld) -> None:
    await closes(world, JAN)
    await closes(world, MARCH)
    struggles(world, "hilton", Window(date(2025, 1, 1), date(2025, 2, 1)))
    await watch_again(world, new_state(VOICE))

    assert await alerted(world) == []


async def test_a_run_without_days_has_its_alert_if_the_next_open_campaign_takes_it() -> None:
    world = two_campaigns(workflow=workflow_without_days("nightly/{customer}"))
    await closes(world, JAN)
    run = execution(
        ref=Ref(VOICE, "nightly/hilton", "run-1"), started_at=world.now, hints=input_hints(["hilton"], ["[0]"])
    )
    world.engines[VOICE].put(description(activity(attempt=3, last_failure=TIMED_OUT), of=run))
    await watch_again(world, new_state(VOICE))

    assert await alerted(world) == ["hilton"]


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
