"""Carrying out a confirmed proposal: on record, only if nothing has changed, and separately for each customer."""

import asyncio
from dataclasses import dataclass, replace

import pytest

from bot.commands import Cancel, Pause, Run, Split, Terminate
from bot.errors import Refused, Unavailable
from bot.fleet.proposals.problems import SystemRefused
from bot.fleet.proposals.proposal import BeginSequence, Changed, Instruct
from bot.fleet.proposals.warnings import NothingCancelled
from bot.model import (
    AuditOutcome,
    ExecutionStatus,
    Instruction,
    JournalEntry,
    Order,
    Ref,
    SequenceProgress,
    SequenceSpec,
    Subject,
)
from bot.usecases.control.confirm import confirm_proposal
from bot.usecases.control.propose import cancel, pause, run, split, terminate
from tests.fakes.control import FakeControl
from tests.fakes.episodes import episode
from tests.fakes.services import FakeWorld
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, description, execution
from tests.usecases.confirming import WHY, confirmed, done, open_spec, post_message, problems, replace_control, shown
from tests.usecases.steered import OLIVIA, VOICE, completed, ends, fleet, sequence
from tests.wording import declines

SPLIT, WHOLE = Split(target="hilton"), Run(target="sunbit", whole=True)
TERMINATE = Terminate(target="sunbit")


@pytest.fixture
def world() -> FakeWorld:
    return fleet()


async def test_a_sequence_begins_with_who_why_and_what_was_shown(world: FakeWorld) -> None:
    before = await shown(world, split, SPLIT)
    result = await done(world, split, SPLIT)

    spec = open_spec(world)
    assert (spec.started_by, spec.started_at, spec.reason) == (OLIVIA.user_id, NOW, WHY)
    assert (spec.plan_digest, spec.thread_key) == (before.digest, f"sequence:{spec.id}")
    assert (spec.days, [held.window for held in spec.clear]) == ((CAMPAIGN,), [CAMPAIGN])
    assert [each.act.identity for each in result.done] == [act.identity for act in before.acts]
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
    await world.journal.record(JournalEntry(episodes=(alert, older)), NOW)
    address = await post_message(world, alert.root_key)
    result = await done(world, split, SPLIT)

    assert open_spec(world).thread_key == alert.root_key
    assert result.link == await world.channel.permalink(address)


async def test_the_thread_of_an_alert_about_other_work_of_the_customer_is_left_alone(world: FakeWorld) -> None:
    reindex = execution("hilton", ref=Ref(VOICE, "reindex-hilton", "run-1"), workflow_type="Reindex")
    world.engines[VOICE].put(description(of=reindex))
    await world.journal.record(JournalEntry(episodes=(episode(ref=reindex.ref, revision=0),)), NOW)
    await done(world, split, SPLIT)

    assert open_spec(world).thread_key == f"sequence:{open_spec(world).id}"


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
    """The bot dies while the act is executed."""

    async def begin(self, spec: SequenceSpec) -> None:
        await super().begin(spec)
        raise asyncio.CancelledError


async def test_what_was_begun_when_the_bot_died_is_on_record_as_begun(world: FakeWorld) -> None:
    replace_control(world, Dies)
    with pytest.raises(asyncio.CancelledError):
        await confirmed(world, split, SPLIT)

    (record,) = world.journal.audited
    assert (record.outcome, record.reason, record.after) == (AuditOutcome.BEGUN, WHY, "")


async def test_nothing_is_done_off_the_record(world: FakeWorld) -> None:
    digest = (await shown(world, split, SPLIT)).digest
    world.journal.away = Unavailable("store", "locked")
    with pytest.raises(Unavailable):
        await confirm_proposal(split, SPLIT, digest, WHY, OLIVIA, world.services)

    assert world.controls[VOICE].states == {}


async def test_a_world_that_has_changed_is_shown_and_nothing_is_done(world: FakeWorld) -> None:
    before = await shown(world, split, SPLIT)
    ends(world, Ref(VOICE, "backfill-hilton-2026-01-01-2026-02-21", "run-1"), ExecutionStatus.TERMINATED)
    result = await confirm_proposal(split, SPLIT, before.digest, WHY, OLIVIA, world.services)

    assert isinstance(result, Changed)
    assert (result.confirmed, result.proposal.warnings) == (before.digest, (NothingCancelled(something_runs=False),))
    assert world.controls[VOICE].states == {}
    (record,) = world.journal.audited
    assert (record.outcome, record.why) == (AuditOutcome.FAILED, "The world had changed since it was shown.")


async def test_what_cannot_be_done_any_more_is_refused_and_on_record(world: FakeWorld) -> None:
    command = Run(target="sunbit")
    digest = (await shown(world, run, command)).digest
    completed(world, "sunbit", CAMPAIGN)
    with declines("complete already"):
        await confirm_proposal(run, command, digest, WHY, OLIVIA, world.services)

    (record,) = world.journal.audited
    assert (record.outcome, record.subject, record.reason) == (AuditOutcome.FAILED, Subject(VOICE, "sunbit"), WHY)


async def test_without_a_reason_nothing_is_done(world: FakeWorld) -> None:
    digest = (await shown(world, split, SPLIT)).digest
    with declines("needs a reason"):
        await confirm_proposal(split, SPLIT, digest, "  ", OLIVIA, world.services)

    assert world.controls[VOICE].states == {}


async def test_a_secret_in_a_reason_is_hidden_everywhere(world: FakeWorld) -> None:
    digest = (await shown(world, split, SPLIT)).digest
    await confirm_proposal(split, SPLIT, digest, "see xoxb-1-2-3", OLIVIA, world.services)

    assert (open_spec(world).reason, world.journal.audited[0].reason) == ("see (hidden)", "see (hidden)")


@dataclass
class SaysNo(FakeControl):
    """The sequence of ``sunbit`` rejects every instruction."""

    async def instruct(self, customer: str, instruction: Instruction) -> SequenceProgress:
        if customer == "sunbit":
            raise Refused("the sequence of sunbit", "The sequence is being cancelled.")
        return await super().instruct(customer, instruction)


async def test_of_a_cluster_what_fails_for_one_is_done_for_the_others(world: FakeWorld) -> None:
    replace_control(world, SaysNo)
    for customer in ("brinks", "sunbit"):
        await sequence(world, customer)
    result = await done(world, pause, Pause(target=VOICE))

    assert [(each.act.customer, each.problem) for each in result.done] == [
        ("brinks", None),
        ("sunbit", SystemRefused("The sequence is being cancelled.")),
    ]
    answer = {record.subject.customer: (record.outcome, record.why) for record in world.journal.audited}
    assert answer == {
        "brinks": (AuditOutcome.DONE, ""),
        "sunbit": (AuditOutcome.FAILED, "The sequence is being cancelled."),
    }


async def test_where_no_sequence_can_be_instructed_cancel_stops_it_in_temporal_by_name(world: FakeWorld) -> None:
    await sequence(world, "sunbit")
    world.controls[VOICE].has_updates = False
    result = await done(world, cancel, Cancel(target="sunbit"))

    stop = world.controls[VOICE].states["sunbit"].stop
    assert problems(result) == [""]
    assert stop
    assert (stop.by, stop.reason) == (OLIVIA.user_id, WHY)
    assert [record.outcome for record in world.journal.audited] == [AuditOutcome.DONE]


async def test_there_terminate_ends_the_sequence_and_its_run_and_pause_says_what_is_possible(
    world: FakeWorld,
) -> None:
    await sequence(world, "sunbit")
    world.controls[VOICE].has_updates = False
    paused = await done(world, pause, Pause(target="sunbit"))
    ended = await done(world, terminate, TERMINATE)

    assert [each.problem for each in paused.done] == [SystemRefused("no workflow updates")]
    assert problems(ended) == ["", ""]
    assert not world.controls[VOICE].statuses["sunbit"].is_open
    assert len(world.controls[VOICE].terminated) == 2


async def test_what_was_done_stays_done_when_the_store_goes_away_in_between(world: FakeWorld) -> None:
    @dataclass
    class TakesTheStoreAway(FakeControl):
        async def begin(self, spec: SequenceSpec) -> None:
            await super().begin(spec)
            world.journal.away = Unavailable("store", "locked")

    replace_control(world, TakesTheStoreAway)
    result = await done(world, split, SPLIT)

    assert problems(result) == [""]
    assert [record.outcome for record in world.journal.audited] == [AuditOutcome.BEGUN]


async def test_the_acts_of_a_result_are_those_that_were_carried_out(world: FakeWorld) -> None:
    await sequence(world)
    (answer,) = (await done(world, pause, Pause(target="sunbit"))).done
    (begun,) = (await done(world, split, SPLIT)).done

    assert isinstance(answer.act, Instruct)
    assert answer.act.instruction.by == OLIVIA.user_id
    assert isinstance(begun.act, BeginSequence)
    assert begun.act.spec.id


async def test_what_a_sequence_that_is_ending_has_left_is_terminated_in_its_thread(world: FakeWorld) -> None:
    await sequence(world)
    stands_in = open_spec(world, "sunbit").thread_key
    await post_message(world, stands_in)
    await world.controls[VOICE].instruct("sunbit", Instruction(Order.STOP, OLIVIA.user_id, WHY))
    await done(world, terminate, TERMINATE)

    (line,) = [each.message for each in world.outbox.messages.values() if each.message.key.startswith("terminated:")]
    assert line.thread_key == stands_in
