"""The unhealthy runs of the fleet, worst first."""

from bot.fleet.runs.run import ClusterView, Run
from bot.fleet.status.board import Silent
from bot.fleet.status.struggling import struggling_of
from bot.model import ActivityState, ExecutionStatus
from tests.fleet.builders import BOOM, CAMPAIGN, HOUR, NOW, TIMED_OUT, activity, closed, execution, run, window
from tests.fleet.sequences import progress, running, spec, standing


def going_on(customer: str, hours: int = 1, **changes: object) -> Run:
    return run(execution(customer, started_at=NOW - hours * HOUR), CAMPAIGN, activity(**changes))


def view(*runs: Run, cluster: str = "voice-prod") -> ClusterView:
    return ClusterView(cluster, NOW, runs)


def test_the_worst_health_comes_first_and_then_the_oldest() -> None:
    first = view(
        going_on("healthy"),
        going_on("retrying", attempt=2, last_failure=BOOM),
        going_on("struggling-young", attempt=2, last_failure=TIMED_OUT),
        run(closed(ExecutionStatus.FAILED, "over", CAMPAIGN), CAMPAIGN),
    )
    second = view(
        going_on("struggling-old", hours=9, attempt=2, last_failure=TIMED_OUT),
        going_on("waiting", state=ActivityState.SCHEDULED),
        cluster="chat-prod",
    )
    result = struggling_of([first, second], [], NOW)

    assert [unhealthy.name for unhealthy in result.runs] == [
        "struggling-old",
        "struggling-young",
        "waiting",
        "retrying",
    ]
    assert (result.described, result.undescribed) == (5, 0)


def test_an_execution_of_nobody_known_struggles_as_any_other() -> None:
    odd = run(execution("odd"), None, activity(attempt=2, last_failure=TIMED_OUT))
    result = struggling_of([view(odd)], [], NOW)

    assert [unhealthy.name for unhealthy in result.runs] == [odd.execution.ref.workflow_id]


def test_what_could_not_be_looked_at_is_counted_and_silent_clusters_are_kept() -> None:
    silent = Silent("chat-prod", "no answer", None, 3)
    result = struggling_of([view(Run(execution("gone"), None))], [silent], NOW)

    assert (result.runs, result.described, result.undescribed, result.silent) == ((), 0, 1, (silent,))


def test_a_run_is_told_to_be_a_window_of_the_sequence_that_runs_it() -> None:
    sequences = (
        standing(progress(running(3, CAMPAIGN))),
        standing(progress(running(3, window(1, 6), "vivint"), of=spec("vivint"))),
        standing(progress(of=spec("marriott")), progress=None),
        standing(progress(of=spec("spirit", cluster="us-east-1-prod")), progress=None),
    )
    runs = [going_on(name, attempt=2, last_failure=BOOM) for name in ("hilton", "vivint", "marriott", "spirit")]
    before = run(execution("marriott", started_at=NOW - 48 * HOUR), CAMPAIGN, activity(attempt=2, last_failure=BOOM))
    seen = struggling_of([ClusterView("voice-prod", NOW, (*runs, before), sequences)], [], NOW)

    assert [bool(seen.sequence_of(each)) for each in (*runs, before)] == [True, False, True, False, False]
