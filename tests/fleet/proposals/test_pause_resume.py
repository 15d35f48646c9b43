"""The proposals of pause, resume, retry, cancel and terminate for one customer, by its open work."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.commands import Cancel, Pause, Resume, Retry, Selection, Terminate
from bot.errors import Unavailable
from bot.fleet.proposals.cancel import propose_cancel
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.pause_resume import propose_pause, propose_resume
from bot.fleet.proposals.proposal import BeginSequence, Instruct, Proposal, TerminateRun
from bot.fleet.proposals.retry import propose_retry_in_sequence
from bot.fleet.proposals.terminate import propose_terminate
from bot.fleet.proposals.warnings import EndsByItself, OthersGoOn, ProgressUnknown, SkipSparesRunning
from bot.fleet.refusals.declined import Declined, Refusal
from bot.fleet.refusals.runs import CancelledAlready, NothingOpen, RunFacts
from bot.fleet.refusals.sequences import (
    NoDaysToCome,
    NoSequence,
    NoSequenceToSkip,
    NothingToRetry,
    NotPaused,
    PausedAlready,
    RetryLater,
    SequenceEnding,
    StoppedAlready,
)
from bot.model import Health, Instruction, OpenRun, Order, Phase, Window, WindowEnd
from tests.fleet.builders import CAMPAIGN, HOUR, window
from tests.fleet.grounds import complete, context, healthy, struggling
from tests.fleet.sequences import BEGUN, ended, progress, running, spec, standing

PAUSE, RESUME = Pause(target="hilton"), Resume(target="hilton")
CANCEL, TERMINATE = Cancel(target="hilton"), Terminate(target="hilton")
OWN = healthy(window(11, 16))


def with_open_sequence(*others: Any, **changes: Any) -> ProposalContext:
    """Window 3 of 11 runs."""
    window_3 = progress(running(3, window(11, 16)), **changes)
    return context(OWN, *others, sequence=standing(window_3))


def silent(*runs: Any) -> ProposalContext:
    """The sequence does not answer."""
    return context(*runs, sequence=standing())


def instructions(proposal: Proposal) -> list[Instruction]:
    return [act.instruction for act in proposal.acts if isinstance(act, Instruct)]


def order(of: Order, **fields: Any) -> Instruction:
    return Instruction(of, by="", reason="", **fields)


def refusal(judge: Callable[[], Proposal]) -> Refusal:
    with pytest.raises(Declined) as refused:
        judge()
    return refused.value.reason


def test_a_sequence_that_runs_is_paused_and_one_that_is_paused_resumed() -> None:
    paused = with_open_sequence(phase=Phase.PAUSED, paused_by="U0OLIVIA")

    assert instructions(propose_pause(PAUSE, with_open_sequence())) == [order(Order.PAUSE)]
    assert instructions(propose_resume(RESUME, paused)) == [order(Order.RESUME)]
    assert refusal(lambda: propose_pause(PAUSE, paused)) == PausedAlready(PAUSE, "hilton")
    runs = with_open_sequence()
    assert refusal(lambda: propose_resume(RESUME, runs)) == NotPaused("hilton", runs.open_sequence)


def test_one_that_is_being_cancelled_is_neither_paused_nor_resumed() -> None:
    stopping = with_open_sequence(phase=Phase.STOPPING)
    over = with_open_sequence(phase=Phase.ENDED)

    assert refusal(lambda: propose_pause(PAUSE, stopping)) == SequenceEnding(stopping.open_sequence)
    assert refusal(lambda: propose_resume(RESUME, stopping)) == SequenceEnding(stopping.open_sequence)
    assert refusal(lambda: propose_pause(PAUSE, over)) == SequenceEnding(over.open_sequence)


def test_without_a_sequence_the_refusal_names_a_workflow_that_goes_on() -> None:
    spanning = struggling()
    on = context(spanning)

    assert refusal(lambda: propose_pause(PAUSE, on)) == NoSequence(PAUSE, "hilton", on.facts_of(spanning))
    assert refusal(lambda: propose_resume(RESUME, context())) == NoSequence(RESUME, "hilton", None)


def test_the_facts_of_a_run_say_how_it_does_and_who_had_it_started() -> None:
    spanning, part = struggling(), healthy(window(6, 11), cancel_requested=True)
    on = context(spanning, part, starters={spanning.execution.ref.workflow_id: "Olivia"})

    assert on.facts_of(spanning) == RunFacts(
        "backfill-hilton-2026-01-01-2026-02-21", CAMPAIGN, True, 3, Health.STRUGGLING, False, 22 * HOUR, "Olivia"
    )
    assert on.facts_of(part) == RunFacts(
        "backfill-hilton-2026-01-06-2026-01-11", window(6, 11), False, 1, Health.HEALTHY, True, 22 * HOUR, None
    )


def test_one_that_does_not_answer_is_told_all_the_same_with_a_warning() -> None:
    proposal = propose_pause(PAUSE, silent())

    assert instructions(proposal) == [order(Order.PAUSE)]
    assert proposal.warnings == (ProgressUnknown(BEGUN),)


TROUBLED = (
    ended(window(1, 6), WindowEnd.DIFFERS),
    ended(window(6, 8), WindowEnd.FAILED),
    ended(window(8, 9), WindowEnd.CANCELLED),
    ended(window(9, 11), WindowEnd.SKIPPED),
)


def again(on: ProposalContext, which: Selection = Selection.MISSING, days: Window | None = None) -> Proposal:
    assert on.sequence is not None
    return propose_retry_in_sequence(Retry(target="hilton", which=which, range=days), on.sequence, on)


@pytest.mark.parametrize(
    ("which", "days", "windows"),
    [
        (Selection.MISSING, None, [window(1, 6), window(6, 8), window(8, 9), window(9, 11)]),
        (Selection.ALL, window(6, 11), [window(6, 8), window(8, 9), window(9, 11)]),
        (Selection.FAILED, None, [window(6, 8), window(8, 9)]),
        (Selection.MISSING, window(4, 7), [window(4, 6), window(6, 7)]),
    ],
)
def test_windows_of_an_open_sequence_that_did_not_do_run_again(
    which: Selection, days: Window | None, windows: list[Window]
) -> None:
    proposal = again(with_open_sequence(troubled=TROUBLED), which, days)

    assert instructions(proposal) == [order(Order.AGAIN, window=each) for each in windows]


def test_an_open_sequence_without_such_windows_is_named() -> None:
    runs, stopping = with_open_sequence(), with_open_sequence(phase=Phase.STOPPING, troubled=TROUBLED)
    command = Retry(target="hilton", which=Selection.FAILED)

    assert refusal(lambda: again(runs, Selection.FAILED)) == NothingToRetry(Selection.FAILED, runs.open_sequence)
    assert refusal(lambda: again(stopping, Selection.FAILED)) == RetryLater(command, stopping.open_sequence)


def test_nobody_knows_what_to_run_again_while_the_sequence_does_not_answer() -> None:
    with pytest.raises(Unavailable):
        again(silent())


def test_cancel_stops_a_sequence_and_leaves_what_is_not_its_own() -> None:
    proposal = propose_cancel(CANCEL, with_open_sequence(healthy(window(40, 45))))

    assert instructions(proposal) == [order(Order.STOP)]
    assert proposal.warnings == (OthersGoOn(1),)
    assert propose_cancel(CANCEL, with_open_sequence()).warnings == ()


def test_a_window_that_is_just_being_started_is_the_sequences_own() -> None:
    starting = replace(running(3, window(11, 16)), ref=None)
    on = context(OWN, sequence=standing(progress(starting)))

    assert propose_cancel(CANCEL, on).warnings == ()


def test_without_a_sequence_everything_open_is_cancelled_durably() -> None:
    spanning, part = struggling(), healthy(window(1, 6), cancel_requested=True)
    (act,) = propose_cancel(CANCEL, context(spanning, part, complete(window(6, 11)))).acts

    assert isinstance(act, BeginSequence)
    assert (act.cancels, act.spec.days, act.spec.asked) == ((spanning, part), (), "cancel")


def test_what_is_closed_or_being_cancelled_is_not_cancelled() -> None:
    over, ending = context(complete(CAMPAIGN)), context(struggling(cancel_requested=True))

    stopping = with_open_sequence(phase=Phase.STOPPING)

    assert refusal(lambda: propose_cancel(CANCEL, over)) == NothingOpen(CANCEL, "hilton")
    assert refusal(lambda: propose_cancel(CANCEL, ending)) == CancelledAlready(CANCEL, "hilton", 1)
    assert refusal(lambda: propose_cancel(CANCEL, stopping)) == StoppedAlready(CANCEL, stopping.open_sequence)


def skip(days: Window, on: ProposalContext) -> Proposal:
    return propose_cancel(Cancel(target="hilton", range=days), on)


def test_days_of_a_sequence_are_left_out_and_a_window_that_runs_goes_on() -> None:
    proposal = skip(window(14, 21), with_open_sequence())

    assert instructions(proposal) == [order(Order.SKIP, window=window(14, 21))]
    assert proposal.warnings == (SkipSparesRunning((window(11, 16),)),)
    assert skip(window(16, 21), with_open_sequence()).warnings == ()


def test_days_are_left_out_of_nothing_but_windows_to_come() -> None:
    other = context(sequence=standing(progress(of=spec(days=(window(11, 21),)))))

    stopping = with_open_sequence(phase=Phase.STOPPING)

    without = refusal(lambda: skip(window(1, 6), context(struggling())))
    assert without == NoSequenceToSkip(Cancel(target="hilton", range=window(1, 6)), "hilton")
    assert refusal(lambda: skip(window(1, 6), other)) == NoDaysToCome(window(1, 6), (), other.open_sequence)
    assert refusal(lambda: skip(window(1, 6), stopping)) == SequenceEnding(stopping.open_sequence)


def test_days_that_have_run_are_refused_and_those_still_to_come_named() -> None:
    over = (complete(window(1, 6)), complete(window(6, 11)))
    on = with_open_sequence(*over)

    assert refusal(lambda: skip(window(6, 8), on)) == NoDaysToCome(window(6, 8), (window(16, 52),), on.open_sequence)
    assert instructions(skip(window(6, 18), on)) == [order(Order.SKIP, window=window(6, 18))]
    assert instructions(skip(window(20, 21), on))


def test_days_that_have_run_and_are_to_be_run_again_are_left_to_the_sequence_to_judge() -> None:
    again = with_open_sequence(complete(window(1, 6)), complete(window(6, 11)), queued_days=41)

    assert instructions(skip(window(6, 8), again)) == [order(Order.SKIP, window=window(6, 8))]


def test_halves_of_a_window_that_was_followed_can_be_left_out() -> None:
    of = spec(days=(window(11, 21),), adopt=(OpenRun(OWN.execution.ref, window(1, 11)),))
    halved = progress(running(2, window(1, 6)), of=of, queued=3, queued_days=15)

    assert instructions(skip(window(6, 11), context(sequence=standing(halved))))


def test_where_nothing_is_still_to_come_nothing_is_left_out() -> None:
    last = with_open_sequence(queued=0, queued_days=0)

    assert refusal(lambda: skip(window(30, 32), last)) == NoDaysToCome(window(30, 32), (), last.open_sequence)


def test_terminate_stops_the_sequence_first_and_ends_every_run_then() -> None:
    other = healthy(window(40, 45))
    stop, *ends = propose_terminate(TERMINATE, with_open_sequence(other, complete(window(1, 6)))).acts

    assert isinstance(stop, Instruct)
    assert stop.instruction == order(Order.STOP, terminates=True)
    assert ends == [TerminateRun("hilton", OWN, is_of_sequence=True), TerminateRun("hilton", other)]


def test_which_window_of_a_sequence_runs_does_not_change_what_terminate_means() -> None:
    def digest(on: ProposalContext) -> str:
        return propose_terminate(TERMINATE, on).digest

    between = context(sequence=standing(progress()))
    next_one = context(healthy(window(16, 21)), sequence=standing(progress(running(4, window(16, 21)))))

    assert digest(with_open_sequence()) == digest(between) == digest(next_one)
    assert digest(with_open_sequence(healthy(window(40, 45)))) != digest(with_open_sequence())


def test_a_sequence_that_only_cancels_is_told_nothing_and_named() -> None:
    spanning = struggling()
    only = spec(days=(), clear=(OpenRun(spanning.execution.ref, CAMPAIGN),))
    on = context(spanning, sequence=standing(progress(of=only, phase=Phase.CLEARING)))

    assert refusal(lambda: propose_cancel(CANCEL, on)) == StoppedAlready(CANCEL, on.open_sequence)
    assert refusal(lambda: propose_pause(PAUSE, on)) == SequenceEnding(on.open_sequence)
    assert list(propose_terminate(TERMINATE, on).acts) == [TerminateRun("hilton", spanning)]


def test_one_that_is_stopping_is_not_told_again_and_one_that_is_silent_is() -> None:
    stopping = propose_terminate(TERMINATE, with_open_sequence(phase=Phase.STOPPING))

    assert list(stopping.acts) == [TerminateRun("hilton", OWN)]
    assert instructions(propose_terminate(TERMINATE, silent())) == [order(Order.STOP, terminates=True)]


def test_one_that_is_stopping_and_has_nothing_to_wait_for_can_be_ended_itself() -> None:
    proposal = propose_terminate(TERMINATE, context(sequence=standing(progress(phase=Phase.STOPPING))))

    assert instructions(proposal) == [order(Order.STOP, terminates=True)]
    assert proposal.warnings == (EndsByItself(),)


def test_what_is_not_open_is_not_terminated() -> None:
    assert refusal(lambda: propose_terminate(TERMINATE, context())) == NothingOpen(TERMINATE, "hilton")
