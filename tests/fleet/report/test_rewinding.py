"""A cluster as it stood earlier: what was open then, and what did not exist yet."""

from dataclasses import replace

from bot.fleet.report.rewinding import rewound
from bot.fleet.runs.doubts import with_doubts
from bot.fleet.runs.run import ClusterView, Run
from bot.fleet.runs.run_counts import CountedDays, with_counts
from bot.model import DoubtReason, ExecutionStatus, SequenceStanding
from bot.model.execution import CANCEL_HINT, NO, YES
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, activity, closed, execution, run, seen, window
from tests.fleet.sequences import progress, standing

THEN = NOW - 3 * HOUR


def view(*runs: Run, sequences: tuple[SequenceStanding, ...] = ()) -> ClusterView:
    return ClusterView("voice-prod", NOW, runs, sequences)


def test_a_run_that_ended_later_was_open_and_its_health_is_not_known() -> None:
    ended = closed(ExecutionStatus.CANCELLED, "hilton", CAMPAIGN, ago=2 * HOUR, took=9 * HOUR)
    (then,) = rewound(view(run(ended, CAMPAIGN, failures=(seen(1),))), THEN, {}).runs

    assert (then.is_open, then.health, then.execution.closed_at) == (True, None, None)
    assert then.failures == ()


def test_a_run_that_had_ended_stays_as_it_is() -> None:
    ended = run(closed(ExecutionStatus.COMPLETED, "hilton", CAMPAIGN, ago=4 * HOUR), CAMPAIGN)

    assert rewound(view(ended), THEN, {}).runs == (ended,)


def test_what_a_later_run_or_count_says_against_a_run_was_not_known() -> None:
    ended = closed(ExecutionStatus.COMPLETED, "hilton", CAMPAIGN, ago=4 * HOUR)
    counted = replace(ended, hints=with_counts(ended, [CountedDays(window(1, 3), NOW - HOUR, False)]))
    failed = closed(ExecutionStatus.FAILED, "hilton", window(6, 11), run="2", hints={CANCEL_HINT: NO})
    now = with_doubts([run(counted, CAMPAIGN), run(failed, window(6, 11))], {})
    (then,) = rewound(view(*now), THEN, {}).runs

    assert [days.window for days in now[0].doubts] == [window(1, 3), window(6, 11)]
    assert then.doubts == ()


def test_a_later_count_of_a_run_that_was_open_was_not_known_either() -> None:
    ended = closed(ExecutionStatus.COMPLETED, "hilton", CAMPAIGN, ago=4 * HOUR, hints={CANCEL_HINT: YES})
    again = closed(ExecutionStatus.COMPLETED, "hilton", window(1, 3), ago=2 * HOUR, took=2 * HOUR, run="2")
    counted = replace(again, hints=with_counts(again, [CountedDays(window(1, 3), NOW - HOUR, False)]))
    then, _ = rewound(view(run(ended, CAMPAIGN), run(counted, window(1, 3))), THEN, {}).runs

    assert [days.doubt.reason for days in then.doubts] == [DoubtReason.CANCEL_REQUESTED]


def test_a_doubt_that_a_later_count_has_settled_was_one_then() -> None:
    ended = closed(ExecutionStatus.COMPLETED, "hilton", CAMPAIGN, ago=4 * HOUR, hints={CANCEL_HINT: YES})
    counted = replace(ended, hints=with_counts(ended, [CountedDays(CAMPAIGN, NOW - HOUR, True)]))
    (now,) = with_doubts([run(counted, CAMPAIGN)], {})
    (then,) = rewound(view(now), THEN, {}).runs

    assert now.doubts == ()
    assert [days.window for days in then.doubts] == [CAMPAIGN]


def test_what_began_later_was_not_there() -> None:
    begun = run(execution("hilton", window(6, 11), started_at=NOW - HOUR), window(6, 11), activity())
    sequence = standing(progress(), started_at=NOW - HOUR)

    then = rewound(view(begun, sequences=(sequence,)), THEN, {})

    assert (then.at, then.runs, then.sequences) == (THEN, (), ())


def test_how_far_a_sequence_was_is_not_known() -> None:
    (then,) = rewound(view(sequences=(standing(progress()),)), THEN, {}).sequences

    assert then.progress is None
