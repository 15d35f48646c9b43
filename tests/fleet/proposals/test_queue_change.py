"""Who is queued does not begin after what runs was stopped: cancel, pause, resume, terminate reach the queue."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.commands import Cancel, ControlRequest, Pause, Resume, Split, Terminate
from bot.fleet.proposals.cancel import propose_cancel
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.pause_resume import propose_pause, propose_resume
from bot.fleet.proposals.proposal import ChangeQueue, Instruct, Proposal
from bot.fleet.proposals.queue_change import of_cluster, of_part
from bot.fleet.proposals.terminate import propose_terminate
from bot.fleet.proposals.whole_cluster import joined
from bot.fleet.queue import state as queue_state
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.runs import NothingOpen
from bot.fleet.status.queue import QueueSilent
from bot.model import Window
from bot.model.queue import (
    Enqueue,
    QueueChange,
    QueuedCustomer,
    QueueInstruction,
    QueueOrder,
    QueueStanding,
    QueueState,
)
from tests.fleet.builders import CAMPAIGN, window
from tests.fleet.grounds import context, healthy
from tests.fleet.queue.builders import BATCH, queue
from tests.fleet.sequences import progress, running, standing

VOICE = "voice-prod"
SILENT = QueueSilent("no answer")
QUEUED = queue(("hilton", 1), ("vivint", 2))
CANCEL, TERMINATE = Cancel(target="hilton"), Terminate(target="hilton")


def changes(command: ControlRequest, state: QueueState) -> list[QueueChange]:
    return [act.change for act in of_cluster(command, QueueStanding(state))]


def idle(state: QueueState = QUEUED) -> ProposalContext:
    """Nothing of hilton is open."""
    return replace(context(), queue=QueueStanding(state))


@pytest.mark.parametrize(
    ("command", "change"),
    [
        (Pause(target=VOICE), QueueChange.PAUSE),
        (Cancel(target=VOICE), QueueChange.CLEAR),
        (Terminate(target=VOICE), QueueChange.CLEAR),
    ],
)
def test_what_is_stopped_for_a_cluster_is_stopped_in_its_queue(command: ControlRequest, change: QueueChange) -> None:
    (act,) = of_cluster(command, QueueStanding(QUEUED))

    assert act == ChangeQueue(change, "", ("hilton", "vivint"), (BATCH.id,))


def test_a_paused_queue_goes_on_and_is_not_paused_again() -> None:
    paused = replace(QUEUED, paused_by="U0OLIVIA")

    assert changes(Resume(target=VOICE), paused) == [QueueChange.RESUME]
    assert changes(Pause(target=VOICE), paused) == []
    assert changes(Cancel(target=VOICE), paused) == [QueueChange.CLEAR]


def held(*customers: str) -> QueueState:
    return queue_state.change(QUEUED, QueueInstruction(QueueChange.HOLD, "U0OLIVIA", customers))


def test_resume_of_a_cluster_releases_the_places_that_are_held_also_while_its_queue_is_paused() -> None:
    release = ChangeQueue(QueueChange.RELEASE, "hilton", ("hilton", "vivint"), (BATCH.id,))
    command, waits = Resume(target=VOICE), held("hilton")

    assert of_cluster(command, QueueStanding(waits)) == (release,)
    assert of_cluster(command, QueueStanding(replace(waits, paused_by="U0OLIVIA")))[1:] == (release,)


def test_for_a_campaign_only_places_are_held_that_are_not_and_only_held_ones_are_released() -> None:
    part = QueueStanding(held("hilton"))
    holds, releases = of_part(Pause(target=VOICE), part), of_part(Resume(target=VOICE), part)

    assert [(act.change, act.customer) for act in (*holds, *releases)] == [
        (QueueChange.HOLD, "vivint"),
        (QueueChange.RELEASE, "hilton"),
    ]


@pytest.mark.parametrize("command", [Split(target="hilton"), Cancel(target=VOICE, range=window(1, 6))])
def test_other_commands_leave_the_queue_as_it_is(command: ControlRequest) -> None:
    assert changes(command, QUEUED) == []


@pytest.mark.parametrize("kind", [Cancel, Terminate, Pause, Resume])
def test_a_queue_in_which_nobody_waits_is_left_as_it_is(kind: type[ControlRequest]) -> None:
    command = kind.model_validate({"target": VOICE})

    assert changes(command, QueueState()) == []
    assert of_cluster(command, None) == ()


def test_a_queue_that_does_not_answer_is_changed_all_the_same_and_counts_nobody() -> None:
    assert of_cluster(Cancel(target=VOICE), SILENT) == (ChangeQueue(QueueChange.CLEAR, "", None),)


def test_a_turn_that_comes_while_a_person_reads_changes_nothing_and_a_new_command_does() -> None:
    def proposed(state: QueueState) -> Proposal:
        command = Cancel(target=VOICE)
        return joined(command, VOICE, [], queue=of_cluster(command, QueueStanding(state)))

    later = replace(QUEUED, queued=QUEUED.queued[1:])
    new = Enqueue(replace(BATCH, id="b2"), (QueuedCustomer("cvs", 3, "b2"),), QueueOrder.SMALLEST)
    more = proposed(queue_state.enqueue(QUEUED, new))

    assert proposed(later).is_within(proposed(QUEUED).shown)
    assert not more.is_within(proposed(QUEUED).shown)
    assert proposed(QUEUED).is_within(more.shown)


def test_a_customer_that_is_only_queued_is_taken_out() -> None:
    taken = ChangeQueue(QueueChange.REMOVE, "hilton", ("hilton", "vivint"), (BATCH.id,))

    assert propose_cancel(CANCEL, idle()).acts == (taken,)
    assert propose_terminate(TERMINATE, idle()).acts == (taken,)


def test_a_customer_that_runs_and_is_queued_is_taken_out_before_it_is_stopped() -> None:
    own = healthy(window(11, 16))
    open_one = context(own, sequence=standing(progress(running(3, window(11, 16)))))
    acts = propose_cancel(CANCEL, replace(open_one, queue=QueueStanding(QUEUED))).acts

    assert list(map(type, acts)) == [ChangeQueue, Instruct]


def test_a_customer_that_is_neither_open_nor_queued_is_declined_as_before() -> None:
    with pytest.raises(Declined) as caught:
        propose_cancel(CANCEL, idle(queue(("vivint", 2))))

    assert isinstance(caught.value.reason, NothingOpen)


def test_whether_a_customer_is_queued_is_unknown_while_the_queue_is_silent() -> None:
    (act,) = propose_cancel(CANCEL, replace(idle(), queue=SILENT)).acts

    assert act == ChangeQueue(QueueChange.REMOVE, "hilton", None)


def test_a_customer_that_only_waits_is_held_and_let_go_on() -> None:
    hold = propose_pause(Pause(target="hilton"), idle())
    release = propose_resume(Resume(target="hilton"), idle(held("hilton")))

    assert hold.acts == (ChangeQueue(QueueChange.HOLD, "hilton", ("hilton", "vivint"), (BATCH.id,)),)
    assert release.acts == (ChangeQueue(QueueChange.RELEASE, "hilton", ("hilton", "vivint"), (BATCH.id,)),)


def test_a_customer_that_is_held_already_or_not_held_has_nothing_to_pause_or_resume() -> None:
    with pytest.raises(Declined):
        propose_pause(Pause(target="hilton"), idle(held("hilton")))
    with pytest.raises(Declined):
        propose_resume(Resume(target="hilton"), idle())


def test_a_customer_with_a_sequence_is_paused_itself_though_it_also_waits() -> None:
    shown = standing(progress(running(1, window(1, 6))))
    proposal = propose_pause(Pause(target="hilton"), replace(context(sequence=shown), queue=QueueStanding(QUEUED)))

    assert [type(act) for act in proposal.acts] == [Instruct]


def test_a_customer_that_waits_for_different_days_is_held_and_taken_out_in_each_place() -> None:
    other = replace(BATCH, id="b2", whole=Window(CAMPAIGN.end, CAMPAIGN.end + timedelta(days=7)))
    message = Enqueue(other, (QueuedCustomer("hilton", 1, other.id),), QueueOrder.SMALLEST)
    twice = idle(queue_state.enqueue(QUEUED, message))
    proposals = propose_pause(Pause(target="hilton"), twice), propose_cancel(CANCEL, twice)

    assert [act.batches for each in proposals for act in each.acts if isinstance(act, ChangeQueue)] == [
        (BATCH.id, other.id)
    ] * 2
