"""The proposals of pause and resume about activities: those of runs outside of a sequence, and of what ends with
them."""

from dataclasses import replace
from typing import Any

import pytest

from bot.commands import Cancel, Pause, Resume, Split
from bot.fleet.proposals.activity_acts import PauseActivity, UnpauseActivity
from bot.fleet.proposals.activity_warnings import LaterActivitiesRun, OutsideGoesOn, PausedAttemptOpen, StayPaused
from bot.fleet.proposals.cancel import propose_cancel
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.pause_resume import propose_pause, propose_resume
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.split import propose_split
from bot.fleet.proposals.warnings import (
    OthersGoOn,
)
from bot.fleet.refusals.declined import Declined, Refusal
from bot.fleet.refusals.runs import NothingToPause, PausesNotOffered
from bot.fleet.refusals.sequences import NoSequence
from bot.fleet.runs.descendants import Descendant
from bot.fleet.runs.run import Run
from bot.model import Activity, ActivityState, Phase, Ref
from bot.model import Pause as TemporalPause
from bot.model.queue import QueueStanding
from tests.fleet.builders import CAMPAIGN, TIMED_OUT, activity, description, execution, run, window
from tests.fleet.grounds import context, start_context
from tests.fleet.queue.builders import queue
from tests.fleet.sequences import progress, running, standing

PAUSE, RESUME = Pause(target="hilton"), Resume(target="hilton")
BY = TemporalPause("backfill-bot", None, "the database is restored")
BEATS = activity(attempt=3, last_failure=TIMED_OUT)
WAITS = activity(activity_id="2", state=ActivityState.SCHEDULED, attempt=2)
SILENT = activity(activity_id="3", heartbeat_timeout=None, last_heartbeat_at=None)
PAUSED = activity(activity_id="4", state=ActivityState.PAUSED, pause=BY)
OPEN_PAUSED = activity(activity_id="5", state=ActivityState.PAUSE_REQUESTED, pause=BY)
WHOLE = run(execution("hilton"), CAMPAIGN, BEATS)
OWN = run(execution("hilton", window(11, 16)), window(11, 16), activity())


def described(
    *runs: tuple[Run, tuple[Activity, ...]], cancel_requested: bool = False, **changes: Any
) -> ProposalContext:
    """The context of these runs with these pending activities."""
    answers = tuple(description(*doing, of=each.execution) for each, doing in runs)
    opened = [replace(each, cancel_requested=cancel_requested) for each, _ in runs]
    values = {"described": answers, "offers_pauses": True, **changes}
    return context(*opened, **values)


def pauses(proposal: Proposal) -> list[tuple[str, str]]:
    """Workflow id and activity id of each activity to pause."""
    return [(act.ref.workflow_id, act.activity_id) for act in proposal.acts if isinstance(act, PauseActivity)]


def unpauses(proposal: Proposal) -> list[tuple[str, str]]:
    return [(act.ref.workflow_id, act.activity_id) for act in proposal.acts if isinstance(act, UnpauseActivity)]


def kinds(proposal: Proposal) -> list[str]:
    return [type(act).__name__ for act in proposal.acts]


def refusal(propose: Any, command: Any, of: ProposalContext) -> Refusal:
    with pytest.raises(Declined) as refused:
        propose(command, of)
    return refused.value.reason


def test_each_pending_activity_of_a_run_without_a_sequence_is_paused_unless_it_is_already() -> None:
    proposal = propose_pause(PAUSE, described((WHOLE, (BEATS, WAITS, SILENT, PAUSED))))

    assert kinds(proposal) == ["PauseActivity"] * 3
    assert proposal.acts[:3] == (
        PauseActivity("hilton", WHOLE.execution.ref, "1", "copy_days", 3, has_attempt=True, beats=True),
        PauseActivity("hilton", WHOLE.execution.ref, "2", "copy_days", 2, has_attempt=False, beats=True),
        PauseActivity("hilton", WHOLE.execution.ref, "3", "copy_days", 1, has_attempt=True, beats=False),
    )
    assert proposal.warnings == (LaterActivitiesRun(),)


def test_an_attempt_that_begins_while_somebody_reads_is_paused_all_the_same() -> None:
    first = propose_pause(PAUSE, described((WHOLE, (WAITS,))))
    later = propose_pause(PAUSE, described((WHOLE, (replace(WAITS, state=ActivityState.STARTED, attempt=3),))))

    assert later.is_within(first.shown)
    assert not propose_pause(PAUSE, described((WHOLE, (WAITS, BEATS)))).is_within(first.shown)


def test_the_windows_of_a_sequence_go_on_and_what_runs_beside_it_is_paused_too() -> None:
    window_3 = standing(progress(running(3, window(11, 16))))
    beside = described((OWN, (activity(),)), (WHOLE, (BEATS,)), sequence=window_3)
    proposal = propose_pause(PAUSE, beside)

    assert kinds(proposal) == ["Instruct", "PauseActivity"]
    assert pauses(proposal) == [(WHOLE.execution.ref.workflow_id, "1")]


def test_beside_a_sequence_that_is_paused_only_the_activities_are_left_to_pause() -> None:
    paused = standing(progress(running(3, window(11, 16)), phase=Phase.PAUSED, paused_by="U0OLIVIA"))
    proposal = propose_pause(PAUSE, described((OWN, (activity(),)), (WHOLE, (BEATS,)), sequence=paused))

    assert kinds(proposal) == ["PauseActivity"]


def test_a_sequence_that_does_not_answer_may_own_every_run_so_none_is_touched() -> None:
    assert kinds(propose_pause(PAUSE, described((WHOLE, (BEATS,)), sequence=standing()))) == ["Instruct"]


def test_beside_a_sequence_it_is_told_what_goes_on_because_it_cannot_be_paused() -> None:
    window_3 = standing(progress(running(3, window(11, 16))))
    cannot = described((OWN, ()), (WHOLE, (BEATS,)), sequence=window_3, offers_pauses=False)
    between_steps = described((OWN, ()), (WHOLE, ()), sequence=window_3)
    paused = described((OWN, ()), (WHOLE, (PAUSED,)), sequence=window_3)

    assert propose_pause(PAUSE, cannot).warnings == (OutsideGoesOn(1),)
    assert propose_pause(PAUSE, between_steps).warnings == (OutsideGoesOn(1),)
    assert propose_pause(PAUSE, paused).warnings == ()


def below(parent: Run) -> Descendant:
    child = replace(execution("hilton"), ref=Ref("voice-prod", "copy-1", "run-copy-1"), hints={})
    return Descendant(child, frozenset({parent.execution.ref}), is_abandoned=False)


def test_what_ends_with_a_run_is_paused_with_it() -> None:
    child = below(WHOLE)
    known = described((WHOLE, (BEATS,)), descendants=(child,))
    proposal = propose_pause(PAUSE, replace(known, described=(*_of(known), description(WAITS, of=child.execution))))

    assert pauses(proposal) == [(WHOLE.execution.ref.workflow_id, "1"), ("copy-1", "2")]


def _of(known: ProposalContext) -> tuple[Any, ...]:
    return known.described or ()


def test_what_is_being_cancelled_is_not_paused_so_that_it_can_end() -> None:
    cancelling = described((WHOLE, (BEATS,)), cancel_requested=True)

    assert refusal(propose_pause, PAUSE, cancelling) == NothingToPause(PAUSE, "hilton", is_paused=False)


def test_a_customer_that_waits_in_the_queue_keeps_its_place_and_what_runs_is_paused() -> None:
    waiting = QueueStanding(queue(("hilton", 1), ("vivint", 2)))
    proposal = propose_pause(PAUSE, described((WHOLE, (BEATS,)), queue=waiting))

    assert kinds(proposal) == ["ChangeQueue", "PauseActivity"]


def test_where_nothing_can_be_paused_the_refusal_says_why() -> None:
    paused, between_steps = described((WHOLE, (PAUSED,))), described((WHOLE, ()))
    old_server = described((WHOLE, (BEATS,)), offers_pauses=False)
    unasked = context(WHOLE)

    assert refusal(propose_pause, PAUSE, paused) == NothingToPause(PAUSE, "hilton", is_paused=True)
    assert refusal(propose_pause, PAUSE, between_steps) == NothingToPause(PAUSE, "hilton", is_paused=False)
    assert refusal(propose_pause, PAUSE, old_server) == PausesNotOffered(PAUSE, "voice-prod")
    assert refusal(propose_pause, PAUSE, unasked) == NoSequence(PAUSE, "hilton", unasked.facts_of(WHOLE))


def test_whatever_is_paused_goes_on_also_in_a_window_of_a_sequence() -> None:
    window_3 = standing(progress(running(3, window(11, 16))))
    proposal = propose_resume(RESUME, described((OWN, (PAUSED,)), (WHOLE, (BEATS, OPEN_PAUSED)), sequence=window_3))

    assert proposal.acts == (
        UnpauseActivity("hilton", OWN.execution.ref, "4", "copy_days", 1, has_attempt=False),
        UnpauseActivity("hilton", WHOLE.execution.ref, "5", "copy_days", 1, has_attempt=True),
    )


def test_a_paused_sequence_goes_on_together_with_the_paused_activities() -> None:
    paused = standing(progress(running(3, window(11, 16)), phase=Phase.PAUSED, paused_by="U0OLIVIA"))
    proposal = propose_resume(RESUME, described((OWN, (activity(),)), (WHOLE, (PAUSED,)), sequence=paused))

    assert kinds(proposal) == ["Instruct", "UnpauseActivity"]


def test_a_sequence_goes_on_although_the_server_lets_the_bot_resume_no_activity() -> None:
    paused = standing(progress(running(3, window(11, 16)), phase=Phase.PAUSED, paused_by="U0OLIVIA"))
    proposal = propose_resume(RESUME, described((WHOLE, (PAUSED,)), sequence=paused, offers_pauses=False))

    assert kinds(proposal) == ["Instruct"]
    assert proposal.warnings == (StayPaused(1),)


def test_what_is_being_cancelled_is_resumed_so_that_it_hears_of_the_cancel() -> None:
    stopping = standing(progress(phase=Phase.STOPPING))
    cancelling = described((WHOLE, (OPEN_PAUSED,)), cancel_requested=True, sequence=stopping)

    assert unpauses(propose_resume(RESUME, cancelling)) == [(WHOLE.execution.ref.workflow_id, "5")]


def test_where_nothing_is_paused_nothing_is_resumed() -> None:
    goes_on = described((WHOLE, (BEATS,)))
    not_allowed = described((WHOLE, (PAUSED,)), offers_pauses=False)

    assert refusal(propose_resume, RESUME, goes_on) == NoSequence(RESUME, "hilton", goes_on.facts_of(WHOLE))
    assert refusal(propose_resume, RESUME, not_allowed) == PausesNotOffered(RESUME, "voice-prod")


def test_cancel_and_split_warn_of_a_paused_attempt_that_may_be_silent() -> None:
    cancel, split = Cancel(target="hilton"), Split(target="hilton")
    still_open = run(execution("hilton"), CAMPAIGN, OPEN_PAUSED)
    at_rest = run(execution("hilton"), CAMPAIGN, PAUSED)

    assert propose_cancel(cancel, context(still_open)).warnings == (PausedAttemptOpen(cancel),)
    assert propose_cancel(cancel, context(at_rest)).warnings == ()
    assert PausedAttemptOpen(split) in propose_split(split, start_context(still_open)).warnings
    assert PausedAttemptOpen(split) not in propose_split(split, start_context(at_rest)).warnings


def test_cancel_of_a_sequence_warns_of_its_own_paused_attempts_alone() -> None:
    cancel = Cancel(target="hilton")
    own = run(execution("hilton", window(11, 16)), window(11, 16), OPEN_PAUSED)
    window_3 = standing(progress(running(3, window(11, 16))))
    other = run(execution("hilton"), CAMPAIGN, OPEN_PAUSED)

    assert propose_cancel(cancel, context(own, sequence=window_3)).warnings == (PausedAttemptOpen(cancel),)
    assert propose_cancel(cancel, context(OWN, other, sequence=window_3)).warnings == (OthersGoOn(1),)
