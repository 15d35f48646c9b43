"""A cluster as it stood earlier: what was open then, and what did not exist yet."""

from bot.fleet.report.rewinding import rewound
from bot.fleet.runs.run import ClusterView, Run
from bot.model import ExecutionStatus, SequenceStanding
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, activity, closed, execution, run, seen, window
from tests.fleet.sequences import progress, standing

THEN = NOW - 3 * HOUR


def view(*runs: Run, sequences: tuple[SequenceStanding, ...] = ()) -> ClusterView:
    return ClusterView("voice-prod", NOW, runs, sequences)


def test_a_run_that_ended_later_was_open_and_its_health_is_not_known() -> None:
    ended = closed(ExecutionStatus.CANCELLED, "hilton", CAMPAIGN, ago=2 * HOUR, took=9 * HOUR)
    (then,) = rewound(view(run(ended, CAMPAIGN, failures=(seen(1),))), THEN).runs

    assert (then.is_open, then.health, then.execution.closed_at) == (True, None, None)
    assert then.failures == ()


def test_a_run_that_had_ended_stays_as_it_is() -> None:
    ended = run(closed(ExecutionStatus.COMPLETED, "hilton", CAMPAIGN, ago=4 * HOUR), CAMPAIGN)

    assert rewound(view(ended), THEN).runs == (ended,)


def test_what_began_later_was_not_there() -> None:
    begun = run(execution("hilton", window(6, 11), started_at=NOW - HOUR), window(6, 11), activity())
    sequence = standing(progress(), started_at=NOW - HOUR)

    then = rewound(view(begun, sequences=(sequence,)), THEN)

    assert (then.at, then.runs, then.sequences) == (THEN, (), ())


def test_how_far_a_sequence_was_is_not_known() -> None:
    (then,) = rewound(view(sequences=(standing(progress()),)), THEN).sequences

    assert then.progress is None
