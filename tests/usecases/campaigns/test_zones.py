"""Campaigns in different time zones: the days of their runs begin at different moments."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.fleet.notifications.announcements import ClusterComplete
from bot.fleet.notifications.notification import parse
from bot.fleet.runs.identity import Identity
from bot.model import Execution, ExecutionStatus, Ref
from tests.fakes.services import FakeWorld
from tests.fleet.builders import TIMED_OUT, activity, description, execution
from tests.usecases.campaigns.two import MARCH, MARCH_DAYS, two_campaigns
from tests.usecases.steered import VOICE
from tests.usecases.watch.passes import new_state
from tests.usecases.watch.test_closed_runs import watch_again

IN_MARCH = {"name": MARCH, "start": "2026-03-01", "end": "2026-04-01", "timezone": "Asia/Tokyo"}


@pytest.fixture
def world() -> FakeWorld:
    """The first campaign has days of UTC, March has those of Tokyo."""
    return two_campaigns(campaigns=[IN_MARCH])


def run_at(world: FakeWorld, start: str, end: str, customer: str = "hilton", **changes: object) -> Execution:
    """A run whose days are told by the moments at which they begin, and nowhere else."""
    moments = {"BackfillCustomer": customer, "BackfillStart": start, "BackfillEnd": end}
    run = execution(customer, MARCH_DAYS, VOICE, started_at=world.now, hints=moments)
    return replace(run, ref=Ref(VOICE, f"nightly-{customer}", "run-1"), **changes)  # type: ignore[arg-type]


def whole_march(world: FakeWorld, customer: str = "hilton", **changes: object) -> Execution:
    return run_at(world, "2026-02-28T15:00:00+00:00", "2026-03-31T15:00:00+00:00", customer, **changes)


async def test_an_alert_names_the_customer_and_the_days_of_another_zone(world: FakeWorld) -> None:
    struggling = activity(attempt=3, last_failure=TIMED_OUT)
    world.engines[VOICE].put(description(struggling, of=whole_march(world)))
    await watch_again(world, new_state(VOICE))

    (alert,) = await world.journal.open_episodes()
    assert (alert.customer, alert.window) == ("hilton", MARCH_DAYS)


@pytest.mark.parametrize("clusters", [(VOICE, "chat-prod"), ("chat-prod", VOICE)])
def test_campaigns_of_one_zone_on_different_clusters_each_have_their_runs(clusters: tuple[str, str]) -> None:
    names = (MARCH, "march-2")
    campaigns = [
        {**IN_MARCH, "name": name, "clusters": [cluster]} for name, cluster in zip(names, clusters, strict=True)
    ]
    of_zone = two_campaigns(campaigns=campaigns)
    identity = of_zone.services.recogniser.identify(whole_march(of_zone))

    assert identity == Identity("hilton", MARCH_DAYS)


async def test_that_a_cluster_is_complete_is_told_in_the_zone_of_its_campaign(world: FakeWorld) -> None:
    state = await watch_again(world, new_state(VOICE))
    for customer in ("hilton", "vivint", "sunbit"):
        over = {"status": ExecutionStatus.COMPLETED, "closed_at": world.now}
        world.engines[VOICE].put(description(of=whole_march(world, customer, **over)))
    for _ in range(2):
        await watch_again(world, state, after=timedelta(hours=1))
    bodies = [parse(row.message.body) for row in world.outbox.messages.values()]

    assert [each.campaign for each in bodies if isinstance(each, ClusterComplete)] == [MARCH]


async def test_moments_that_begin_days_of_no_campaign_of_their_zone_are_not_taken_for_days(world: FakeWorld) -> None:
    odd = run_at(world, "2026-01-04T15:00:00+00:00", "2026-01-09T15:00:00+00:00")

    assert world.services.recogniser.identify(odd) is None
