"""The activity that starts a window: whoever does not know whether its days were run meanwhile does not run them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from temporalio.testing import ActivityEnvironment

from bot.commands.campaign import Campaign, CampaignAction
from bot.errors import Unavailable
from bot.model import StartResult, Window
from bot.sequences.activities import MAX_ATTEMPTS, Activities
from bot.sequences.messages import CountWindowRequest, StartWindowRequest
from tests.fakes.services import NOW, FakeWorld
from tests.usecases.campaigns.two import JAN, MARCH, confirmed, two_campaigns

CLUSTER = "voice-prod"
ASKED = StartWindowRequest(
    "hilton", Window(date(2026, 1, 6), date(2026, 1, 11)), "s1:2", NOW - timedelta(hours=6), NOW
)
SILENT = Unavailable("Temporal of voice-prod", "no list of runs")


async def started(world: FakeWorld, attempt: int, request: StartWindowRequest = ASKED) -> StartResult:
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, attempt=attempt)
    answer: StartResult = await environment.run(Activities(CLUSTER, world.services).start_window, request)
    return answer


@pytest.mark.parametrize("attempt", [1, MAX_ATTEMPTS - 1])
async def test_while_that_is_not_known_it_is_asked_again(attempt: int) -> None:
    world = FakeWorld()
    world.engines[CLUSTER].away = SILENT

    with pytest.raises(Unavailable):
        await started(world, attempt)

    assert world.controls[CLUSTER].started == []


async def test_after_many_times_it_is_said_and_nothing_is_started() -> None:
    world = FakeWorld()
    world.engines[CLUSTER].away = SILENT

    answer = await started(world, MAX_ATTEMPTS)

    assert (answer.ref, world.controls[CLUSTER].started) == (None, [])
    assert answer.refused == (
        "voice-prod: not known whether somebody else has run these days meanwhile: no list of runs. "
        "Asked 60 times, so nothing was started"
    )


async def test_a_sequence_that_can_wait_is_told_why_after_as_many_attempts_as_it_asks_for() -> None:
    world, request = FakeWorld(), replace(ASKED, attempts=3)
    world.engines[CLUSTER].away = SILENT

    with pytest.raises(Unavailable):
        await started(world, 2, request)
    answer = await started(world, 3, request)

    assert world.controls[CLUSTER].started == []
    assert answer == StartResult(
        None, unknown="not known whether somebody else has run these days meanwhile: no list of runs"
    )


async def test_once_the_cluster_answers_again_it_is_started() -> None:
    world = FakeWorld()
    world.ledger.away = Unavailable("store", "locked")

    answer = await started(world, 7)

    assert answer.ref is not None
    assert not answer.is_found


async def test_what_is_run_again_on_request_asks_nobody() -> None:
    world = FakeWorld()
    world.engines[CLUSTER].away = SILENT

    assert (await started(world, 1, replace(ASKED, since=None))).ref is not None


async def test_while_campaigns_were_never_read_no_sequence_is_told_that_its_campaign_is_gone() -> None:
    world, request = FakeWorld(), replace(ASKED, campaign="april")
    world.journal.away = Unavailable("store", "locked")

    with pytest.raises(Unavailable):
        await started(world, 1, request)

    assert world.controls[CLUSTER].started == []


@pytest.fixture
def elsewhere() -> FakeWorld:
    """April is filled on another cluster alone."""
    return two_campaigns({"name": "april", "start": "2026-04-01", "end": "2026-04-02", "clusters": ["chat-prod"]})


async def test_a_window_of_a_campaign_that_has_left_the_cluster_is_refused(elsewhere: FakeWorld) -> None:
    answer = await started(elsewhere, 1, replace(ASKED, campaign="april"))

    assert answer.ref is None
    assert answer.refused == "The campaign april no longer fills voice-prod. Nothing was started."
    assert elsewhere.controls[CLUSTER].started == []


async def test_a_window_of_a_campaign_that_somebody_has_closed_meanwhile_is_refused() -> None:
    world = two_campaigns()
    await confirmed(world, Campaign(target=MARCH, action=CampaignAction.CLOSE))
    answer = await started(world, 1, replace(ASKED, campaign=MARCH))

    assert answer == StartResult(None, "The campaign march is closed. Nothing was started.")
    assert world.controls[CLUSTER].started == []


async def test_the_refusal_names_the_campaign_that_is_closed_where_the_sequence_names_none() -> None:
    world = two_campaigns()
    await confirmed(world, Campaign(target=JAN, action=CampaignAction.CLOSE))

    assert (await started(world, 1)).refused == f"The campaign {JAN} is closed. Nothing was started."


async def test_a_window_of_a_campaign_that_has_left_the_cluster_is_counted_all_the_same(elsewhere: FakeWorld) -> None:
    request = CountWindowRequest("hilton", ASKED.window, "april")
    count = await ActivityEnvironment().run(Activities(CLUSTER, elsewhere.services).count_window, request)

    assert count.tables
