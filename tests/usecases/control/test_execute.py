"""Each act is executed once, even if two people confirm at the same time or a reply is lost."""

import asyncio
from dataclasses import dataclass, replace

import pytest

from bot.commands import Cancel, Pause, Run, Split, Terminate
from bot.errors import Conflict, Unavailable
from bot.fleet.notifications.confirmed import TerminatedLine
from bot.fleet.proposals.audit_records import Approval
from bot.fleet.proposals.problems import SystemFailed
from bot.fleet.proposals.proposal import BeginSequence
from bot.model import (
    AuditOutcome,
    ExecutionStatus,
    Instruction,
    Order,
    SequenceProgress,
    SequenceSpec,
)
from bot.usecases.control.confirm import confirm_proposal
from bot.usecases.control.execute import ConfirmedProposal, execute_act
from bot.usecases.control.propose import cancel, pause, run, split, terminate
from tests.fakes.control import FakeControl
from tests.fakes.services import FakeWorld
from tests.usecases.confirming import (
    WHY,
    confirmed,
    done,
    notifications,
    open_spec,
    post_message,
    problems,
    replace_control,
    shown,
)
from tests.usecases.steered import OLIVIA, OSCAR, VOICE, ends, fleet, sequence
from tests.wording import declines

SPLIT, WHOLE, WINDOWS = Split(target="hilton"), Run(target="sunbit", whole=True), Run(target="sunbit")
TERMINATE = Terminate(target="sunbit")


@pytest.fixture
def world() -> FakeWorld:
    return fleet()


@dataclass
class BothBegin(FakeControl):
    """Begins no sequence until two callers want to."""

    def __post_init__(self) -> None:
        self._both = asyncio.Barrier(2)

    async def begin(self, spec: SequenceSpec) -> None:
        await self._both.wait()
        await super().begin(spec)


async def test_of_two_who_split_at_once_one_begins_and_the_other_hears_who(world: FakeWorld) -> None:
    replace_control(world, BothBegin)
    results = await asyncio.gather(*(confirmed(world, split, SPLIT, each) for each in (OLIVIA, OSCAR)))

    winner = open_spec(world).started_by
    name = {OLIVIA.user_id: "Olivia", OSCAR.user_id: "Oscar"}[winner]
    answer = sorted(problem for result in results for problem in problems(result))
    assert answer[0] == ""
    assert answer[1].startswith(
        f"A sequence of hilton runs already: it waits until 1 workflow is closed, begun by {name} at "
    )
    outcomes = {record.user_id: record.outcome for record in world.journal.audited}
    assert sorted(outcomes.values()) == [AuditOutcome.DONE, AuditOutcome.FAILED]
    assert outcomes[winner] is AuditOutcome.DONE


async def test_of_two_who_come_after_one_another_the_second_hears_who_began_it(world: FakeWorld) -> None:
    digest = (await shown(world, split, SPLIT)).digest
    await confirm_proposal(split, SPLIT, digest, WHY, OLIVIA, world.services)
    with declines("begun by Olivia"):
        await confirm_proposal(split, SPLIT, digest, WHY, OSCAR, world.services)

    assert open_spec(world).started_by == OLIVIA.user_id


@dataclass
class LosesReplies(FakeControl):
    """Executes the first request, but loses its reply."""

    lost: int = 1

    async def begin(self, spec: SequenceSpec) -> None:
        await super().begin(spec)
        if self.lost:
            self.lost -= 1
            raise Unavailable(f"Temporal of {self.cluster}", "no answer in time")


async def test_a_lost_reply_is_asked_for_again_and_begins_nothing_twice(world: FakeWorld) -> None:
    replace_control(world, LosesReplies)

    assert problems(await confirmed(world, split, SPLIT)) == [""]


async def test_what_may_have_been_done_is_told_as_not_known(world: FakeWorld) -> None:
    replace_control(world, LosesReplies).lost = 2
    (problem,) = problems(await confirmed(world, split, SPLIT))

    assert problem == (
        "Temporal of voice-prod: no answer in time. "
        "Whether it was done is not known: /backfill status voice-prod/hilton tells."
    )
    assert (world.journal.audited[0].outcome, world.journal.audited[0].why) == (AuditOutcome.FAILED, problem)


async def test_an_act_whose_campaign_cannot_be_read_has_certainly_not_been_done(world: FakeWorld) -> None:
    proposal = await shown(world, split, SPLIT)
    (proposed,) = (act for act in proposal.acts if isinstance(act, BeginSequence))
    act = replace(proposed, spec=replace(proposed.spec, campaign="march"))
    given = Approval(OLIVIA, WHY, proposal.digest, world.now, "c1")
    world.journal.away = Unavailable("the store", "locked")

    executed = await execute_act(act, ConfirmedProposal(proposal, given, ()), world.services)

    assert isinstance(executed.problem, SystemFailed)
    assert world.controls[VOICE].states == {}


@pytest.mark.parametrize("other", [WINDOWS, WHOLE])
async def test_of_two_who_run_the_same_days_at_once_one_begins_be_it_whole_or_as_windows(
    world: FakeWorld, other: Run
) -> None:
    replace_control(world, BothBegin)
    results = await asyncio.gather(confirmed(world, run, WHOLE, OLIVIA), confirmed(world, run, other, OSCAR))

    name = {OLIVIA.user_id: "Olivia", OSCAR.user_id: "Oscar"}[open_spec(world, "sunbit").started_by]
    answer = sorted(problem for result in results for problem in problems(result))
    assert answer[0] == ""
    assert answer[1].startswith("A sequence of sunbit runs already: window 1 of ")
    assert f"begun by {name} at " in answer[1]
    assert world.controls[VOICE].started == []


async def test_an_instruction_carries_who_and_why(world: FakeWorld) -> None:
    await sequence(world)
    await post_message(world, open_spec(world, "sunbit").thread_key)
    result = await done(world, pause, Pause(target="sunbit"))

    assert world.controls[VOICE].instructed == [("sunbit", Instruction(Order.PAUSE, OLIVIA.user_id, WHY))]
    assert (problems(result), result.link.startswith("https://")) == ([""], True)
    (record,) = world.journal.audited
    assert (record.before, record.after) == ("sequence: window 1 of 11", "paused")


async def test_a_sequence_that_ended_in_between_is_told(world: FakeWorld) -> None:
    @dataclass
    class Ends(FakeControl):
        async def instruct(self, customer: str, instruction: Instruction) -> SequenceProgress:
            self.close(customer)
            return await super().instruct(customer, instruction)

    replace_control(world, Ends)
    await sequence(world)

    assert problems(await confirmed(world, pause, Pause(target="sunbit"))) == [
        "The sequence of sunbit has ended meanwhile."
    ]


async def test_terminating_stops_the_sequence_ends_its_run_and_is_said_in_its_thread(world: FakeWorld) -> None:
    await sequence(world)
    key = open_spec(world, "sunbit").thread_key
    await post_message(world, key)
    result = await done(world, terminate, TERMINATE)

    control = world.controls[VOICE]
    assert control.instructed == [
        ("sunbit", Instruction(Order.STOP, OLIVIA.user_id, WHY, terminates=True)),
    ]
    assert [(ref.workflow_id, reason) for ref, reason in control.terminated] == [
        ("backfill-sunbit-2026-01-01-2026-01-06", f"{WHY} (U0OLIVIA, through the bot)")
    ]
    assert notifications(world) == [TerminatedLine(VOICE, "sunbit", 1, OLIVIA.user_id, WHY)]
    assert [each.message.thread_key for each in world.outbox.messages.values()] == ["", key]
    assert problems(result) == ["", ""]
    assert world.journal.audited[0].after == ("being cancelled; backfill-sunbit-2026-01-01-2026-01-06 terminated")


async def test_a_thread_that_does_not_stand_is_not_waited_for(world: FakeWorld) -> None:
    await sequence(world)
    await done(world, terminate, TERMINATE)

    (line,) = world.outbox.messages.values()
    assert line.message.thread_key == ""


async def test_a_sequence_that_was_told_to_stop_and_waits_for_nothing_can_be_terminated_itself(
    world: FakeWorld,
) -> None:
    await sequence(world)
    control = world.controls[VOICE]
    await control.instruct("sunbit", Instruction(Order.STOP, OLIVIA.user_id, WHY))
    for ref in [ref for ref in world.engines[VOICE].descriptions if "sunbit" in ref.workflow_id]:
        ends(world, ref, ExecutionStatus.CANCELLED)
    result = await done(world, terminate, TERMINATE)

    assert [ref.workflow_id for ref, _ in control.terminated] == ["backfill-bot-sequence-sunbit"]
    assert problems(result) == [""]


async def test_a_sequence_whose_worker_is_gone_is_terminated_itself(world: FakeWorld) -> None:
    @dataclass
    class Abandoned(FakeControl):
        async def instruct(self, customer: str, instruction: Instruction) -> SequenceProgress:  # noqa: ARG002
            raise Unavailable(f"the sequence of {customer}", "no answer in time")

    control = replace_control(world, Abandoned)
    await sequence(world)
    result = await done(world, terminate, TERMINATE)

    assert [ref.workflow_id for ref, _ in control.terminated] == [
        "backfill-bot-sequence-sunbit",
        "backfill-sunbit-2026-01-01-2026-01-06",
    ]
    assert problems(result) == ["", ""]


async def test_cancelling_without_a_sequence_begins_one_that_only_cancels(world: FakeWorld) -> None:
    await done(world, cancel, Cancel(target="hilton"))

    assert open_spec(world).days == ()
    assert world.journal.audited[0].after == "sequence begun: cancels 1 workflow"


async def test_another_sequence_that_has_ended_again_is_told_as_the_cluster_says_it(world: FakeWorld) -> None:
    @dataclass
    class Busy(FakeControl):
        async def begin(self, spec: SequenceSpec) -> None:
            raise Conflict(f"Temporal of {self.cluster}", f"a sequence of {spec.customer} is open already")

    replace_control(world, Busy)

    assert problems(await confirmed(world, split, SPLIT)) == [
        "Temporal of voice-prod: a sequence of hilton is open already."
    ]
