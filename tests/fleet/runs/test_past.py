"""What is kept of customers without news is what would be derived anew: random histories, told in random portions."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.fleet.runs.chains import joined_by_chain
from bot.fleet.runs.doubts import with_doubts
from bot.fleet.runs.identity import Identity
from bot.fleet.runs.past import PastRules, RecordedPast
from bot.fleet.runs.run import AGE, ClusterView, Run
from bot.fleet.runs.run_counts import CountedDays, with_counts
from bot.fleet.status.board import row_of
from bot.fleet.status.known_backfills import KnownBackfills
from bot.model import Execution, ExecutionStatus, HistoryMark, RecordedChanges, Ref
from bot.model.execution import CANCEL_HINT, CHAIN_HINT, NO, YES
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, window

CUSTOMERS = ("hilton", "vivint", "spirit")
DAYS = (window(1, 6), window(4, 9), window(6, 11), CAMPAIGN)
CUSTOMER, FIRST, LAST = "test:customer", "test:first", "test:last"
USUAL_TYPE, OTHER_TYPE = "CustomerBackfill", "Reindex"
MOST_OF_TYPE = 11


def identity_of(run: Execution) -> Identity | None:
    days = next((days for days in DAYS if str(days) == run.hints[FIRST]), None)
    return Identity(run.hints[CUSTOMER], days) if days and run.hints[CUSTOMER] else None


def make(run: Execution) -> Run:
    return Run(run, identity_of(run))


def is_of_campaign(run: Run) -> bool:
    return run.execution.hints[LAST] == YES


RULES = PastRules(frozenset({USUAL_TYPE}), make, is_of_campaign, lambda run: not run.status.is_open, {})


@st.composite
def executions(draw: st.DrawFn) -> Execution:
    """One of few runs, in any state: a later one may replace it, also by one of another customer."""
    number, started = draw(st.integers(1, 12)), NOW - draw(st.integers(2, 30)) * HOUR
    status = draw(st.sampled_from([status for status in ExecutionStatus if not status.is_open] + [None] * 3))
    hints = {
        CUSTOMER: draw(st.sampled_from((*CUSTOMERS, ""))),
        FIRST: str(draw(st.sampled_from(DAYS))),
        LAST: draw(st.sampled_from((YES, YES, YES, NO))),
        CHAIN_HINT: f"run-{draw(st.integers(1, number))}",
        CANCEL_HINT: draw(st.sampled_from((NO, NO, NO, YES))),
    }
    run = Execution(
        ref=Ref("voice-prod", f"backfill-{number % 4}", f"run-{number}"),
        workflow_type=OTHER_TYPE if number > MOST_OF_TYPE else USUAL_TYPE,
        task_queue="backfill",
        status=status or ExecutionStatus.RUNNING,
        started_at=started,
        closed_at=started + HOUR if status else None,
        hints=hints,
    )
    if not draw(st.booleans()):
        return run
    days, ago = draw(st.sampled_from(DAYS)), draw(st.integers(0, 30)) * HOUR
    return replace(run, hints=with_counts(run, [CountedDays(days, NOW - ago, draw(st.booleans()))]))


portions = st.lists(executions(), max_size=6)


def anew(recorded: dict[Ref, Execution], news: list[Execution]) -> tuple[Run, ...]:
    """Everything derived from all runs at once."""
    known = recorded | {run.ref: run for run in news}
    runs = [make(run) for run in known.values() if run.workflow_type == USUAL_TYPE]
    ours = sorted(filter(is_of_campaign, runs), key=AGE)
    return tuple(sorted(with_doubts(joined_by_chain(ours), {}), key=AGE))


@given(st.lists(st.tuples(portions, portions, st.sampled_from((False, False, False, True))), max_size=6))
def test_what_is_kept_equals_what_is_derived_anew(
    steps: list[tuple[list[Execution], list[Execution], bool]],
) -> None:
    past, known, recorded = RecordedPast(RULES), KnownBackfills(), dict[Ref, Execution]()
    for number, (written, listed, is_all) in enumerate(steps, start=1):
        if is_all:
            recorded = {}
        portion = {run.ref: run for run in written}
        recorded |= portion
        past.apply(RecordedChanges(tuple(portion.values()), None, HistoryMark(0, number), is_all=is_all))
        ours = [run for run in {run.ref: run for run in listed}.values() if run.workflow_type == USUAL_TYPE]
        runs, _ = past.derived_with([make(run) for run in ours])
        expected = anew(recorded, ours)

        assert tuple(runs) == expected
        assert past.unsettled == {ref: None for ref in past.recorded(recorded) if recorded[ref].status.is_open}
        row = row_of(ClusterView("voice-prod", NOW, runs), CUSTOMERS, CAMPAIGN, known)
        assert row == row_of(ClusterView("voice-prod", NOW, expected), CUSTOMERS, CAMPAIGN)
