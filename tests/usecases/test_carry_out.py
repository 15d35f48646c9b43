"""Carrying a confirmed proposal out: on record, once, only in the world that was shown, and act by act."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.commands import Cancel, ControlRequest, Pause, Run, Split, Terminate
from bot.errors import Conflict, Refused, Unavailable, UsageError
from bot.fleet.proposal import BeginSequence, CarriedOut, Changed, Instruct, Proposal
from bot.fleet.sayings import TerminatedLine, WholeLine, parse
from bot.message import Message
from bot.model import (
    Actor,
    Address,
    AuditOutcome,
    Entry,
    ExecutionStatus,
    Instruction,
    Order,
    Ref,
    SequenceProgress,
    SequenceSpec,
    Speech,
    StartOrder,
    Subject,
)
from bot.usecases.cancel import cancel
from bot.usecases.carry_out import Propose, carry_out
from bot.usecases.pause import pause
from bot.usecases.run import run
from bot.usecases.split import split
from bot.usecases.terminate import terminate
from tests.fakes.control import FakeControl
from tests.fakes.episodes import episode
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN, HOUR, NOW
from tests.usecases.steered import OLIVIA, OSCAR, VOICE, completed, ends, fleet, sequence

WHY = "it times out on heartbeat"
SPLIT, WHOLE = Split(target="hilton"), Run(target="sunbit", whole=True)


@pytest.fixture
def world() -> FakeWorld:
    return fleet()


async def shown(world: FakeWorld, propose: Propose, command: ControlRequest) -> Proposal:
    return await propose(command, OLIVIA, world.services)


async def confirmed(
    world: FakeWorld, propose: Propose, command: ControlRequest, actor: Actor = OLIVIA
) -> CarriedOut | Changed:
    """What was shown is confirmed at once."""
    digest = (await shown(world, propose, command)).digest
    return await carry_out(propose, command, digest, WHY, actor, world.services)


async def done(world: FakeWorld, propose: Propose, command: ControlRequest) -> CarriedOut:
    result = await confirmed(world, propose, command)
    assert isinstance(result, CarriedOut)
    return result


def open_spec(world: FakeWorld, customer: str = "hilton") -> SequenceSpec:
    return world.controls[VOICE].states[customer].spec


def problems(result: CarriedOut | Changed) -> list[str]:
    assert isinstance(result, CarriedOut)
    return [one.problem for one in result.done]


async def test_a_sequence_begins_with_who_why_and_what_was_shown(world: FakeWorld) -> None:
    before = await shown(world, split, SPLIT)
    result = await done(world, split, SPLIT)

    spec = open_spec(world)
    assert (spec.started_by, spec.started_at, spec.reason) == (OLIVIA.user_id, NOW, WHY)
    assert (spec.plan_digest, spec.thread_key) == (before.digest, f"sequence:{spec.id}")
    assert (spec.days, [held.window for held in spec.clear]) == ((CAMPAIGN,), [CAMPAIGN])
    assert [one.act.identity for one in result.done] == [act.identity for act in before.acts]
    assert problems(result) == [""]


async def test_no_two_sequences_of_a_customer_have_the_same_id(world: FakeWorld) -> None:
    ids = set()
    for _ in range(3):
        await done(world, split, SPLIT)
        ids.add(open_spec(world).id)
        world.controls[VOICE].close("hilton")

    assert len(ids) == 3


async def test_the_thread_of_the_open_alert_goes_on_and_is_linked(world: FakeWorld) -> None:
    ref = Ref(VOICE, "backfill-hilton-2026-01-01-2026-02-21", "run-1")
    alert = episode(ref=ref, revision=0)
    older = episode(id="older", ref=replace(ref, run_id="run-0"), opened_at=NOW - 9 * HOUR, revision=0)
    older = replace(older, root_key="episode:older")
    await world.journal.record(Entry(episodes=(alert, older)), NOW)
    address = await stands(world, alert.root_key)
    result = await done(world, split, SPLIT)

    assert open_spec(world).thread_key == alert.root_key
    assert result.link == await world.channel.permalink(address)


async def stands(world: FakeWorld, key: str) -> Address:
    """The message of this key has been said."""
    await world.journal.record(Entry(speeches=(Speech(key, "{}"),)), NOW)
    address = await world.channel.post(Message("it struggles"), key)
    await world.outbox.done(key, 1, address)
    return address


async def test_without_a_thread_that_stands_there_is_no_link(world: FakeWorld) -> None:
    assert (await done(world, split, SPLIT)).link == ""


async def test_the_audit_has_it_with_reason_digest_before_and_after(world: FakeWorld) -> None:
    before = await shown(world, split, SPLIT)
    await done(world, split, SPLIT)

    (record,) = world.journal.audited
    assert (record.user_id, record.command, record.outcome) == (OLIVIA.user_id, "split", AuditOutcome.DONE)
    assert (record.subject, record.at) == (Subject(VOICE, "hilton"), NOW)
    assert (record.reason, record.plan_digest) == (WHY, before.digest)
    assert record.before == "no sequence, 1 workflow open"
    assert record.after == "sequence begun: cancels 1 workflow, then runs 51 days in windows of 5 days"


@dataclass
class Dies(FakeControl):
    """The bot ends in the middle of it."""

    async def begin(self, spec: SequenceSpec) -> None:
        await super().begin(spec)
        raise asyncio.CancelledError


def put(world: FakeWorld, kind: type[FakeControl]) -> Any:
    """Another kind of control for the cluster."""
    world.controls[VOICE] = kind(VOICE, world.engines[VOICE], lambda: world.now)
    return world.controls[VOICE]


async def test_what_was_begun_when_the_bot_died_is_on_record_as_begun(world: FakeWorld) -> None:
    put(world, Dies)
    with pytest.raises(asyncio.CancelledError):
        await confirmed(world, split, SPLIT)

    (record,) = world.journal.audited
    assert (record.outcome, record.reason, record.after) == (AuditOutcome.BEGUN, WHY, "")


async def test_nothing_is_done_off_the_record(world: FakeWorld) -> None:
    digest = (await shown(world, split, SPLIT)).digest
    world.journal.away = Unavailable("store", "locked")
    with pytest.raises(Unavailable):
        await carry_out(split, SPLIT, digest, WHY, OLIVIA, world.services)

    assert world.controls[VOICE].states == {}


async def test_a_world_that_has_changed_is_shown_and_nothing_is_done(world: FakeWorld) -> None:
    before = await shown(world, split, SPLIT)
    ends(world, Ref(VOICE, "backfill-hilton-2026-01-01-2026-02-21", "run-1"), ExecutionStatus.TERMINATED)
    result = await carry_out(split, SPLIT, before.digest, WHY, OLIVIA, world.services)

    assert isinstance(result, Changed)
    assert (result.confirmed, result.proposal.warnings) == (before.digest, ("Nothing is cancelled: nothing runs.",))
    assert world.controls[VOICE].states == {}
    (record,) = world.journal.audited
    assert (record.outcome, record.why) == (AuditOutcome.FAILED, "The world had changed since it was shown.")


async def test_what_cannot_be_done_any_more_is_refused_and_on_record(world: FakeWorld) -> None:
    command = Run(target="sunbit")
    digest = (await shown(world, run, command)).digest
    completed(world, "sunbit", CAMPAIGN)
    with pytest.raises(UsageError, match="complete already"):
        await carry_out(run, command, digest, WHY, OLIVIA, world.services)

    (record,) = world.journal.audited
    assert (record.outcome, record.subject, record.reason) == (AuditOutcome.FAILED, Subject(VOICE, "sunbit"), WHY)


async def test_without_a_reason_nothing_is_done(world: FakeWorld) -> None:
    digest = (await shown(world, split, SPLIT)).digest
    with pytest.raises(UsageError, match="needs a reason"):
        await carry_out(split, SPLIT, digest, "  ", OLIVIA, world.services)

    assert world.controls[VOICE].states == {}


async def test_a_secret_in_a_reason_is_hidden_everywhere(world: FakeWorld) -> None:
    digest = (await shown(world, split, SPLIT)).digest
    await carry_out(split, SPLIT, digest, "see xoxb-1-2-3", OLIVIA, world.services)

    assert (open_spec(world).reason, world.journal.audited[0].reason) == ("see (hidden)", "see (hidden)")


@dataclass
class BothBegin(FakeControl):
    """Nobody begins before both have come so far."""

    def __post_init__(self) -> None:
        self._both = asyncio.Barrier(2)

    async def begin(self, spec: SequenceSpec) -> None:
        await self._both.wait()
        await super().begin(spec)

    async def start(self, order: StartOrder) -> Ref:
        await self._both.wait()
        return await super().start(order)


async def test_of_two_who_split_at_once_one_begins_and_the_other_hears_who(world: FakeWorld) -> None:
    put(world, BothBegin)
    results = await asyncio.gather(*(confirmed(world, split, SPLIT, one) for one in (OLIVIA, OSCAR)))

    winner = open_spec(world).started_by
    name = {OLIVIA.user_id: "Olivia", OSCAR.user_id: "Oscar"}[winner]
    told = sorted(problem for result in results for problem in problems(result))
    assert told[0] == ""
    assert told[1].startswith(
        f"A sequence of hilton runs already: it waits until 1 workflow is closed, begun by {name} at "
    )
    outcomes = {record.user_id: record.outcome for record in world.journal.audited}
    assert sorted(outcomes.values()) == [AuditOutcome.DONE, AuditOutcome.FAILED]
    assert outcomes[winner] is AuditOutcome.DONE


async def test_of_two_who_come_after_one_another_the_second_hears_who_began_it(world: FakeWorld) -> None:
    digest = (await shown(world, split, SPLIT)).digest
    await carry_out(split, SPLIT, digest, WHY, OLIVIA, world.services)
    with pytest.raises(UsageError, match="begun by Olivia"):
        await carry_out(split, SPLIT, digest, WHY, OSCAR, world.services)

    assert open_spec(world).started_by == OLIVIA.user_id


@dataclass
class LosesReplies(FakeControl):
    """The first answer does not arrive, what was asked for has happened."""

    lost: int = 1

    async def begin(self, spec: SequenceSpec) -> None:
        await super().begin(spec)
        if self.lost:
            self.lost -= 1
            raise Unavailable(f"Temporal of {self.cluster}", "no answer in time")


async def test_a_lost_reply_is_asked_for_again_and_begins_nothing_twice(world: FakeWorld) -> None:
    put(world, LosesReplies)

    assert problems(await confirmed(world, split, SPLIT)) == [""]


async def test_what_may_have_been_done_is_told_as_not_known(world: FakeWorld) -> None:
    put(world, LosesReplies).lost = 2
    (problem,) = problems(await confirmed(world, split, SPLIT))

    assert problem == (
        "Temporal of voice-prod: no answer in time. "
        "Whether it was done is not known: /backfill status voice-prod/hilton tells."
    )
    assert (world.journal.audited[0].outcome, world.journal.audited[0].why) == (AuditOutcome.FAILED, problem)


def said(world: FakeWorld) -> list[Any]:
    return [parse(one.speech.body) for one in world.outbox.speeches.values() if one.speech.body != "{}"]


async def test_a_whole_range_is_started_once_told_in_the_channel_and_found_by_its_id(world: FakeWorld) -> None:
    result = await done(world, run, WHOLE)

    (order,) = world.controls[VOICE].started
    assert (order.workflow_id, problems(result)) == ("backfill-sunbit-2026-01-01-2026-02-21", [""])
    link = f"https://temporal.test/{order.workflow_id}/run-1"
    assert said(world) == [WholeLine(VOICE, "sunbit", CAMPAIGN, OLIVIA.user_id, WHY, link)]
    assert world.journal.audited[0].subject == Subject(VOICE, "sunbit", order.workflow_id)
    with pytest.raises(UsageError, match="started by Olivia"):
        await shown(world, run, WHOLE)


async def test_of_two_who_start_the_whole_range_at_once_one_workflow_runs_and_the_channel_hears_once(
    world: FakeWorld,
) -> None:
    put(world, BothBegin)
    results = await asyncio.gather(*(confirmed(world, run, WHOLE, one) for one in (OLIVIA, OSCAR)))

    told = sorted(problem for result in results for problem in problems(result))
    assert len(world.controls[VOICE].started) == 1
    (line,) = said(world)
    name = {OLIVIA.user_id: "Olivia", OSCAR.user_id: "Oscar"}[line.by]
    assert told == ["", f"{name} was faster: backfill-sunbit-2026-01-01-2026-02-21 is started, once."]


async def test_an_instruction_carries_who_and_why(world: FakeWorld) -> None:
    await sequence(world)
    await stands(world, open_spec(world, "sunbit").thread_key)
    result = await done(world, pause, Pause(target="sunbit"))

    assert world.controls[VOICE].instructed == [("sunbit", Instruction(Order.PAUSE, OLIVIA.user_id, WHY))]
    assert (problems(result), result.link.startswith("https://")) == ([""], True)
    (record,) = world.journal.audited
    assert (record.before, record.after) == ("sequence: window 1 of 11", "paused")


@dataclass
class SaysNo(FakeControl):
    """The sequence does not take what it is told; for ``sunbit`` only."""

    async def instruct(self, customer: str, instruction: Instruction) -> SequenceProgress:
        if customer == "sunbit":
            raise Refused("the sequence of sunbit", "The sequence is being cancelled.")
        return await super().instruct(customer, instruction)


async def test_of_a_cluster_what_fails_for_one_is_done_for_the_others(world: FakeWorld) -> None:
    put(world, SaysNo)
    for customer in ("brinks", "sunbit"):
        await sequence(world, customer)
    result = await done(world, pause, Pause(target=VOICE))

    assert [(one.act.customer, one.problem) for one in result.done] == [
        ("brinks", ""),
        ("sunbit", "The sequence is being cancelled."),
    ]
    told = {record.subject.customer: (record.outcome, record.why) for record in world.journal.audited}
    assert told == {
        "brinks": (AuditOutcome.DONE, ""),
        "sunbit": (AuditOutcome.FAILED, "The sequence is being cancelled."),
    }


async def test_a_sequence_that_ended_in_between_is_told(world: FakeWorld) -> None:
    @dataclass
    class Ends(FakeControl):
        async def instruct(self, customer: str, instruction: Instruction) -> SequenceProgress:
            self.close(customer)
            return await super().instruct(customer, instruction)

    put(world, Ends)
    await sequence(world)

    assert problems(await confirmed(world, pause, Pause(target="sunbit"))) == [
        "The sequence of sunbit has ended meanwhile."
    ]


TERMINATE = Terminate(target="sunbit")


async def test_terminating_stops_the_sequence_ends_its_run_and_is_said_in_its_thread(world: FakeWorld) -> None:
    await sequence(world)
    key = open_spec(world, "sunbit").thread_key
    await stands(world, key)
    result = await done(world, terminate, TERMINATE)

    control = world.controls[VOICE]
    assert [instruction.order for _, instruction in control.instructed] == [Order.STOP]
    assert [(ref.workflow_id, reason) for ref, reason in control.terminated] == [
        ("backfill-sunbit-2026-01-01-2026-01-06", f"{WHY} (U0OLIVIA, through the bot)")
    ]
    assert said(world) == [TerminatedLine(VOICE, "sunbit", 1, OLIVIA.user_id, WHY)]
    assert [one.speech.thread_key for one in world.outbox.speeches.values()] == ["", key]
    assert problems(result) == ["", ""]
    assert world.journal.audited[0].after == ("being cancelled; backfill-sunbit-2026-01-01-2026-01-06 terminated")


async def test_a_thread_that_does_not_stand_is_not_waited_for(world: FakeWorld) -> None:
    await sequence(world)
    await done(world, terminate, TERMINATE)

    (line,) = world.outbox.speeches.values()
    assert line.speech.thread_key == ""


async def test_a_sequence_whose_worker_is_gone_is_terminated_itself(world: FakeWorld) -> None:
    @dataclass
    class Abandoned(FakeControl):
        async def instruct(self, customer: str, instruction: Instruction) -> SequenceProgress:  # noqa: ARG002
            raise Unavailable(f"the sequence of {customer}", "no answer in time")

    control = put(world, Abandoned)
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


async def test_what_was_done_stays_done_when_the_store_goes_away_in_between(world: FakeWorld) -> None:
    @dataclass
    class TakesTheStoreAway(FakeControl):
        async def begin(self, spec: SequenceSpec) -> None:
            await super().begin(spec)
            world.journal.away = Unavailable("store", "locked")

    put(world, TakesTheStoreAway)
    result = await done(world, split, SPLIT)

    assert problems(result) == [""]
    assert [record.outcome for record in world.journal.audited] == [AuditOutcome.BEGUN]


async def test_another_sequence_that_has_ended_again_is_told_as_the_cluster_says_it(world: FakeWorld) -> None:
    @dataclass
    class Busy(FakeControl):
        async def begin(self, spec: SequenceSpec) -> None:
            raise Conflict(f"Temporal of {self.cluster}", f"a sequence of {spec.customer} is open already")

    put(world, Busy)

    assert problems(await confirmed(world, split, SPLIT)) == [
        "Temporal of voice-prod: a sequence of hilton is open already."
    ]


async def test_the_acts_of_a_result_are_those_that_were_carried_out(world: FakeWorld) -> None:
    await sequence(world)
    (told,) = (await done(world, pause, Pause(target="sunbit"))).done
    (begun,) = (await done(world, split, SPLIT)).done

    assert isinstance(told.act, Instruct)
    assert told.act.instruction.by == OLIVIA.user_id
    assert isinstance(begun.act, BeginSequence)
    assert begun.act.spec.id
