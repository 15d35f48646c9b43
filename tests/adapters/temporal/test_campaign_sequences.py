"""The sequences of several campaigns, on the fake and on a server."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.adapters.temporal import TemporalControl
from bot.adapters.temporal.names import sequence_id, tells_campaign
from bot.errors import Conflict
from bot.model import CampaignScope, ExecutionStatus, Instruction, OpenRun, Order, Ref, SequenceSpec
from bot.ports import Control
from bot.sequences.workflow import SequentialBackfill
from tests.adapters.temporal.conftest import temporal_at
from tests.adapters.temporal.server import SEQUENCES, TemporalServer, eventually
from tests.adapters.temporal.stand_in import sequences_worker
from tests.fakes.control import FakeControl
from tests.fakes.engine import FakeEngine
from tests.fleet.sequences import spec

JAN = CampaignScope("jan", keeps_plain_ids=True, others=frozenset({"a/b"}))
ODD = CampaignScope("a/b", others=frozenset({"jan"}))


@pytest.fixture(params=["real", "fake"])
async def control(request: pytest.FixtureRequest) -> AsyncIterator[Control]:
    if request.param == "fake":
        yield FakeControl("voice-prod", FakeEngine(), lambda: datetime.now(UTC))
        return
    server: TemporalServer = request.getfixturevalue("server")
    async with sequences_worker(await temporal_at(server.address).worker_client(), SequentialBackfill):
        yield TemporalControl(temporal_at(server.address), SEQUENCES)


def waiting(customer: str, campaign: str, id_: str) -> SequenceSpec:
    """A sequence that first waits for a run to close, which nobody here will tell it of."""
    clear = (OpenRun(Ref("voice-prod", f"backfill-{customer}", "run-1"), None),)
    return spec(customer, clear=clear, id=f"{customer}-{id_}", campaign=campaign)


async def test_a_customer_has_a_sequence_in_each_campaign_and_each_finds_its_own(
    control: Control, unique: str
) -> None:
    jan, odd = control.of_campaign(JAN), control.of_campaign(ODD)
    await jan.begin(waiting(unique, "jan", "1"))
    await odd.begin(waiting(unique, "a/b", "2"))
    found = [await each.sequence(unique) for each in (jan, odd)]

    async def listed() -> list[tuple[str, str]]:
        own = [each for each in await control.sequences() if each.customer == unique]
        return sorted((each.campaign, each.ref.workflow_id) for each in own)

    ids = [f"backfill-bot-sequence-{unique}", f"backfill-bot-sequence/voice-prod/a%2Fb/{unique}"]
    assert [each.ref.workflow_id for each in found if each] == ids
    assert await eventually(listed, lambda known: known[1:]) == [("a/b", ids[1]), ("jan", ids[0])]
    assert [each.customer for each in await odd.sequences() if each.customer == unique] == [unique]
    assert await control.sequence_at(ids[1]) == found[1]


async def test_an_instruction_reaches_the_sequence_of_its_campaign_alone(control: Control, unique: str) -> None:
    jan, odd = control.of_campaign(JAN), control.of_campaign(ODD)
    await jan.begin(waiting(unique, "jan", "1"))
    await odd.begin(waiting(unique, "a/b", "2"))
    await odd.instruct(unique, Instruction(Order.PAUSE, "U0OLIVIA", "why"))
    paused = [standing.progress for each in (jan, odd) if (standing := await each.sequence(unique))]

    assert [each.paused_by for each in paused if each] == ["", "U0OLIVIA"]


async def test_a_second_sequence_in_the_same_campaign_is_refused(control: Control, unique: str) -> None:
    odd = control.of_campaign(ODD)
    await odd.begin(waiting(unique, "a/b", "1"))
    await odd.begin(waiting(unique, "a/b", "1"))
    with pytest.raises(Conflict):
        await odd.begin(waiting(unique, "a/b", "2"))


async def test_what_an_earlier_version_began_is_of_the_campaign_that_keeps_its_ids(
    control: Control, unique: str
) -> None:
    await control.begin(waiting(unique, "", "1"))
    jan, odd = control.of_campaign(JAN), control.of_campaign(ODD)
    found = await jan.sequence(unique)
    with pytest.raises(Conflict):
        await jan.begin(waiting(unique, "jan", "2"))

    assert found
    assert found.status is ExecutionStatus.RUNNING
    assert await odd.sequence(unique) is None
    await odd.begin(waiting(unique, "a/b", "3"))


async def test_a_sequence_keeps_its_id_when_another_campaign_takes_the_plain_ids(
    server: TemporalServer, unique: str
) -> None:
    async with sequences_worker(await temporal_at(server.address).worker_client(), SequentialBackfill):
        control = TemporalControl(temporal_at(server.address), SEQUENCES)
        await control.of_campaign(JAN).begin(waiting(unique, "jan", "1"))
        now = control.of_campaign(CampaignScope("jan", others=frozenset({"march"})))
        found = await now.sequence(unique)
        with pytest.raises(Conflict, match="earlier id"):
            await now.begin(waiting(unique, "jan", "2"))
        other = control.of_campaign(CampaignScope("march", keeps_plain_ids=True, others=frozenset({"jan"})))

        assert found
        assert await other.sequence(unique) is None


def test_ids_of_different_campaigns_clusters_and_customers_are_never_equal() -> None:
    parts = ("a", "b", "a/b", "a%2Fb", "", "-")
    ids = [sequence_id(c, k, m) for c in parts if c for k in parts for m in parts]

    assert len(set(ids)) == len(ids)
    assert [tells_campaign(sequence_id("a/b", "c", "m")), tells_campaign(sequence_id("a/b", "c"))] == [True, False]
    assert not tells_campaign(sequence_id("a/b/c/d/e"))
