"""split: a struggling full range as in docs/operations-log.md, and an open sequence."""

import pytest

from bot.commands import Split
from bot.errors import Unavailable
from bot.fleet.proposals.proposal import BeginSequence, Instruct
from bot.fleet.refusals.declined import Declined, Refusal
from bot.fleet.refusals.requests import ClusterGiven, WindowsTooLong
from bot.model import Description, Instruction, Order, Ref
from bot.usecases.control.propose import split
from tests.fakes.engine import FakeEngine
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN, HOUR, TIMED_OUT, activity, window
from tests.usecases.steered import VOICE, fleet, runs, sequence
from tests.wording import declines


@pytest.fixture
def world() -> FakeWorld:
    return fleet()


async def test_the_full_range_that_struggles_would_end_and_eleven_windows_run(world: FakeWorld) -> None:
    proposal = await split(Split(target="hilton"), world.services)

    (act,) = proposal.acts
    assert isinstance(act, BeginSequence)
    assert [held.window for held in act.spec.clear] == [CAMPAIGN]
    assert (act.spec.days, act.spec.sizes.days, act.spec.sizes.most) == ((CAMPAIGN,), 5, 5)
    assert proposal.plan is not None
    assert (len(proposal.plan.to_run), proposal.warnings) == (11, ())


async def test_the_digest_stays_while_attempts_go_by_and_changes_with_what_is_open(world: FakeWorld) -> None:
    before = await split(Split(target="hilton"), world.services)
    ref = runs(world, "hilton", CAMPAIGN, activity(attempt=7))
    world.now += HOUR
    later = await split(Split(target="hilton"), world.services)
    del world.engines[VOICE].descriptions[ref]
    without = await split(Split(target="hilton"), world.services)

    assert before.digest == later.digest
    assert without.digest != before.digest


class Forgetful(FakeEngine):
    """Does not answer about one run."""

    silent_about: Ref | None = None

    async def describe(self, ref: Ref) -> Description:
        if ref == self.silent_about:
            raise Unavailable("Temporal of voice-prod", "no answer in time")
        return await super().describe(ref)


async def test_a_window_of_which_nobody_knows_whether_it_struggles_is_not_taken_for_healthy(world: FakeWorld) -> None:
    engine = world.engines[VOICE] = Forgetful(workers={"backfill": 2})
    engine.silent_about = runs(world, "hilton", window(1, 26), activity(attempt=3, last_failure=TIMED_OUT))
    runs(world, "vivint", CAMPAIGN, activity())

    with pytest.raises(Unavailable, match="no answer about backfill-hilton-2026-01-01-2026-01-26"):
        await split(Split(target="hilton"), world.services)
    assert (await split(Split(target="vivint"), world.services)).acts


async def test_an_open_sequence_is_told_a_size_and_without_one_it_is_named(world: FakeWorld) -> None:
    await sequence(world)
    (act,) = (await split(Split(target="sunbit", days=2), world.services)).acts
    with declines("begun by Olivia"):
        await split(Split(target="sunbit"), world.services)

    assert isinstance(act, Instruct)
    assert act.instruction == Instruction(Order.RESIZE, "", "", days=2)


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (Split(target=VOICE), ClusterGiven(Split(target=VOICE), VOICE)),
        (Split(target="hilton", days=400), WindowsTooLong(400, CAMPAIGN)),
    ],
)
async def test_what_cannot_be_meant_is_refused(world: FakeWorld, command: Split, reason: Refusal) -> None:
    with pytest.raises(Declined) as refused:
        await split(command, world.services)

    assert refused.value.reason == reason
