"""Each reason about a customer's runs or its sequence in words: the problem, and what to do or type instead."""

from dataclasses import replace

import pytest

from bot.blocks.refusals import lines
from bot.commands import Cancel, Pause, Reset, Resume, Retry, Run, Selection, Split, Timeout
from bot.fleet.refusals.declined import Declined, Refusal
from bot.fleet.refusals.runs import (
    CancelledAlready,
    ChildGoesOn,
    CompleteAlready,
    DaysRun,
    NoData,
    NoHeartbeats,
    NoneFailed,
    NothingOpen,
    NothingToPause,
    NothingWaits,
    NoWorkers,
    PausesNotOffered,
    ResetsNotOffered,
    RunsAlready,
    TimeoutLongEnough,
    TimeoutsFixed,
    WaitsAlready,
    WholeRangeRuns,
)
from bot.fleet.refusals.sequences import (
    NoDaysToCome,
    NoSequence,
    NoSequenceToSkip,
    NothingToRetry,
    NotPaused,
    OpenSequence,
    PausedAlready,
    RetryLater,
    SameSize,
    SecondSequence,
    SequenceEnding,
    SequenceSilent,
    StoppedAlready,
)
from bot.model import Phase
from tests.fleet.builders import CAMPAIGN, HOUR, window
from tests.fleet.grounds import context, healthy, struggling
from tests.fleet.sequences import progress, running, standing

RUN, SPLIT, PAUSE = Run(target="hilton"), Split(target="hilton"), Pause(target="hilton")
WHOLE = "2026-01-01..2026-02-21"
OPEN = OpenSequence(standing(progress(running(3, window(11, 16)))), "Olivia")
STOPPING = OpenSequence(standing(progress(running(3, window(11, 16)), phase=Phase.STOPPING)), "Olivia")
OF_OPEN = (
    "A sequence of hilton runs already: window 3 of 11, begun by Olivia at 2026-02-21 18:00 UTC for: it times out."
)
OF_STOPPING = (
    "A sequence of hilton is being cancelled, window 3 of 11, "
    "begun by Olivia at 2026-02-21 18:00 UTC for: it times out."
)
SPANNING = context().facts_of(struggling())
PART = context().facts_of(healthy(window(6, 11)))
STATUS = "/backfill status hilton shows how it stands."
TERMINATE = "If it does not end, /backfill terminate hilton ends it without asking."
INSTEAD = "Type /backfill split hilton to cancel it and run windows instead."
NOBODY = NoWorkers("backfill", "CustomerBackfill", "voice-prod")
NO_WORKERS = "No worker polls task queue backfill on voice-prod for workflows: what is started would wait."
START_ONE = "Start a worker of CustomerBackfill there first; the queue's name is in the configuration."

ABOUT_RUNS: list[tuple[Refusal, str, str]] = [
    (NothingOpen(RUN, "hilton"), "hilton has nothing open.", STATUS),
    (
        CancelledAlready(RUN, "hilton", 2),
        "What is open of hilton is being cancelled already: 2 workflows.",
        TERMINATE,
    ),
    (
        WholeRangeRuns(RUN, replace(SPANNING, starter="Olivia")),
        "A workflow over the whole campaign runs already: "
        "backfill-hilton-2026-01-01-2026-02-21, attempt 3, struggling, for 22 h, started by Olivia.",
        INSTEAD,
    ),
    (
        DaysRun(RUN, replace(SPANNING, cancel_requested=True, starter="")),
        "Days of it run already: backfill-hilton-2026-01-01-2026-02-21, "
        "attempt 3, struggling, being cancelled, for 22 h, started outside the bot.",
        INSTEAD,
    ),
    (
        DaysRun(RUN, PART),
        "Days of it run already: backfill-hilton-2026-01-06-2026-01-11, attempt 1, healthy, for 22 h.",
        "Type /backfill cancel hilton first, or /backfill run hilton for windows.",
    ),
    (
        DaysRun(RUN, replace(PART, attempt=None, health=None)),
        "Days of it run already: backfill-hilton-2026-01-06-2026-01-11, for 22 h.",
        "Type /backfill cancel hilton first, or /backfill run hilton for windows.",
    ),
    (NoData("hilton", CAMPAIGN), f"hilton has no data in {WHOLE}, so there is nothing to run.", ""),
    (
        CompleteAlready(RUN, "hilton", CAMPAIGN),
        f"hilton is complete already in {WHOLE}.",
        f"Type /backfill run hilton {WHOLE} all to run it all again.",
    ),
    (
        NoneFailed(RUN, "hilton", CAMPAIGN),
        f"No window of hilton has failed in {WHOLE}.",
        f"Type /backfill run hilton {WHOLE} missing for what is missing.",
    ),
    (WaitsAlready("Olivia"), "Queued already, by Olivia.", ""),
    (RunsAlready(RUN, "hilton"), "What is to be run of hilton runs already.", STATUS),
    (
        ChildGoesOn("hilton", "CopyDay", "copy-20", window(20, 22)),
        "CopyDay copy-20 fills Jan 20–21 of hilton already, and would go on beside the new windows: its parent has"
        " abandoned it.",
        "Wait until it has ended, or end it in Temporal first.",
    ),
    (NOBODY, NO_WORKERS, START_ONE),
    (
        NoHeartbeats("hilton"),
        "Nothing that runs of hilton has a heartbeat timeout, so it cannot time out on one.",
        "",
    ),
    (
        TimeoutLongEnough("hilton", HOUR),
        "What runs of hilton has a heartbeat timeout of 1 h already.",
        "Type a longer one.",
    ),
    (
        TimeoutsFixed(Timeout(target="hilton"), "voice-prod"),
        "The Temporal of voice-prod cannot change the heartbeat timeout of what runs.",
        "/backfill split hilton runs smaller windows instead.",
    ),
    (
        NothingWaits(Reset(target="hilton"), "hilton"),
        "Nothing of hilton waits for its next attempt.",
        "A reset would end an attempt that runs. /backfill timeout hilton gives it more time.",
    ),
    (
        ResetsNotOffered(Reset(target="hilton"), "voice-prod"),
        "The Temporal of voice-prod cannot reset an activity.",
        "Its next attempt begins by itself.",
    ),
    (
        NothingToPause(PAUSE, "hilton", is_paused=True),
        "What runs of hilton is paused already.",
        "Type /backfill resume hilton to go on.",
    ),
    (
        NothingToPause(PAUSE, "hilton", is_paused=False),
        "Nothing that runs of hilton has an activity to pause now.",
        STATUS,
    ),
    (
        PausesNotOffered(PAUSE, "voice-prod"),
        "The Temporal of voice-prod cannot pause an activity or resume one.",
        "What runs goes on by itself: /backfill cancel hilton ends it.",
    ),
]
ABOUT_SEQUENCES: list[tuple[Refusal, str, str]] = [
    (
        SecondSequence(RUN, OPEN, is_ending=False),
        OF_OPEN,
        "Type /backfill pause hilton or /backfill cancel hilton, "
        "or /backfill split hilton windows 2d for smaller windows from now on.",
    ),
    (
        SecondSequence(RUN, OpenSequence(standing(), ""), is_ending=False),
        "A sequence of hilton runs already: its worker does not answer, "
        "begun by U0OLIVIA at 2026-02-21 18:00 UTC for: it times out.",
        "Type /backfill pause hilton or /backfill cancel hilton.",
    ),
    (
        SecondSequence(RUN, STOPPING, is_ending=True),
        OF_STOPPING,
        "Try again once it has ended; if it does not, /backfill terminate hilton ends what is open.",
    ),
    (SequenceEnding(STOPPING), OF_STOPPING, "It starts no window any more."),
    (StoppedAlready(PAUSE, STOPPING), OF_STOPPING, TERMINATE),
    (
        RetryLater(Retry(target="hilton"), STOPPING),
        OF_STOPPING,
        "It is being cancelled; type /backfill retry hilton again once it has ended.",
    ),
    (
        NothingToRetry(Selection.FAILED, OPEN),
        OF_OPEN,
        "No window that is over has failed; what is missing is still to come.",
    ),
    (
        NothingToRetry(Selection.MISSING, OPEN),
        OF_OPEN,
        "No window that is over has failed, differs or was skipped; what is missing is still to come.",
    ),
    (
        NothingToRetry(Selection.ALL, OPEN),
        OF_OPEN,
        "No window that is over has failed, differs or was skipped; "
        "complete ones can run again once the sequence has ended.",
    ),
    (
        SameSize(SPLIT, 5, OPEN),
        OF_OPEN,
        "Its windows have 5 days already; /backfill status hilton shows them.",
    ),
    (
        PausedAlready(PAUSE, "hilton"),
        "The sequence of hilton is paused already.",
        "Type /backfill resume hilton to go on.",
    ),
    (NotPaused("hilton", OPEN), "The sequence of hilton is not paused.", OF_OPEN),
    (
        NoSequence(PAUSE, "hilton", SPANNING),
        "No sequence of hilton is open, so there is nothing to pause.",
        "What runs goes on by itself: the workflow over the full range, attempt 3, struggling, for 22 h. "
        "To pause its activities, name the customer.",
    ),
    (
        NoSequence(Resume(target="hilton"), "hilton", PART),
        "No sequence of hilton is open, so there is nothing to resume.",
        "What runs goes on by itself: the workflow over Jan 6–10, attempt 1, healthy, for 22 h. "
        "/backfill cancel hilton ends it.",
    ),
    (NoSequence(PAUSE, "hilton", None), "No sequence of hilton is open, so there is nothing to pause.", STATUS),
    (
        NoSequenceToSkip(Cancel(target="hilton"), "hilton"),
        "No sequence of hilton is open, so no days of it can be left out.",
        "Type /backfill cancel hilton, without days, to cancel what runs.",
    ),
    (
        NoDaysToCome(window(6, 8), (window(16, 52),), OPEN),
        "No window of 2026-01-06..2026-01-08 is still to come.",
        f"Still to come: Jan 16–Feb 20. {OF_OPEN}",
    ),
    (
        NoDaysToCome(window(6, 8), (), OPEN),
        "No window of 2026-01-06..2026-01-08 is still to come.",
        OF_OPEN,
    ),
    (
        SequenceSilent("The sequence of hilton on voice-prod", "no answer"),
        "The sequence of hilton on voice-prod: no answer.",
        "",
    ),
]


@pytest.mark.parametrize(("reason", "why", "hint"), [*ABOUT_RUNS, *ABOUT_SEQUENCES])
def test_each_reason_says_what_is_the_matter_and_what_to_do(reason: Refusal, why: str, hint: str) -> None:
    assert lines(Declined(reason)) == (why, hint)


def test_a_sequence_of_single_days_is_offered_no_smaller_ones() -> None:
    single = OpenSequence(standing(progress(running(3, window(11, 12)), size=1)), "Olivia")

    assert lines(Declined(SecondSequence(SPLIT, single, is_ending=False)))[1] == (
        "Type /backfill pause hilton or /backfill cancel hilton."
    )
