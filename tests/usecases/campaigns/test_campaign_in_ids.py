"""Runs of other tools, whose ids alone contain the name of their campaign, belong to it."""

from dataclasses import replace

import pytest

from bot.commands import Status
from bot.fleet.status.answer import CustomerStatus
from bot.fleet.status.backfill import Backfill
from bot.model import Ref, State, Window
from bot.usecases.campaigns.choice import in_its_campaign
from bot.usecases.status import status
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN, TIMED_OUT, activity, description, execution
from tests.usecases.campaigns.two import JAN, two_campaigns
from tests.usecases.steered import VOICE
from tests.usecases.watch.passes import new_state, watch

AGAIN = "again"
WORKFLOW = {
    "types": ["CustomerBackfill"],
    "task_queue": "backfill",
    "id_template": "backfill-{campaign}-{customer}-{start}-{end}",
}
TABLES = [
    {"name": name, "table": f"analytics.{name}", "customer_column": "customer", "time_column": "scored_at"}
    for name in ("scores", "labels")
]
OVER_THE_SAME_DAYS = {"name": AGAIN, "start": "2026-01-01", "end": "2026-02-21", "tables": ["labels"]}


@pytest.fixture
def world() -> FakeWorld:
    """A second campaign over the same days, which fills another table."""
    return two_campaigns(OVER_THE_SAME_DAYS, workflow=WORKFLOW, verify={"tables": TABLES})


def runs_as(world: FakeWorld, campaign: str, days: Window = CAMPAIGN) -> None:
    """hilton's run struggles, under an id that contains the campaign, and tells it nowhere else."""
    ref = Ref(VOICE, f"backfill-{campaign}-hilton-{days.start}-{days.end}", f"run-{campaign}")
    run = replace(execution("hilton", days, VOICE, started_at=world.now), ref=ref)
    world.engines[VOICE].put(description(activity(attempt=3, last_failure=TIMED_OUT), of=run))


async def standing(world: FakeWorld, campaign: str) -> Backfill:
    command, services = await in_its_campaign(Status(target="hilton", campaign=campaign), world.services)
    answer = await status(command, services)
    assert isinstance(answer, CustomerStatus)
    assert isinstance(answer.standing, Backfill)
    return answer.standing


async def test_a_run_counts_for_the_campaign_in_its_id_and_for_no_other_over_the_same_days(world: FakeWorld) -> None:
    runs_as(world, AGAIN)

    assert (await standing(world, AGAIN)).open_runs
    assert (await standing(world, JAN)).state is State.NOT_STARTED


async def test_an_alert_opens_for_a_run_of_another_campaign_than_the_first(world: FakeWorld) -> None:
    runs_as(world, AGAIN)
    await watch(VOICE, world.services, new_state(VOICE))
    (episode,) = await world.journal.open_episodes()

    assert (episode.customer, episode.window) == ("hilton", CAMPAIGN)


async def test_an_id_of_an_unknown_campaign_counts_for_none(world: FakeWorld) -> None:
    runs_as(world, "trial")
    await watch(VOICE, world.services, new_state(VOICE))

    assert (await standing(world, JAN)).state is State.NOT_STARTED
    assert (await standing(world, AGAIN)).state is State.NOT_STARTED
