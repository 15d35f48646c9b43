"""The fleet as a table, with the evening of docs/operations-log.md, silent clusters and unexpected customers."""

from bot.fleet.runs.run import ClusterView, Run
from bot.fleet.status.board import Board, ClusterRow, Silent, people_of, row_of, with_volumes, without_run
from bot.model import ExecutionStatus, State
from tests.fleet.builders import (
    CAMPAIGN,
    NOW,
    TIMED_OUT,
    activity,
    closed,
    execution,
    run,
    window,
)
from tests.fleet.evening import CUSTOMERS, evening_runs
from tests.fleet.sequences import progress, spec, standing

S = ExecutionStatus


def row(*runs: Run, customers: tuple[str, ...] = ("hilton", "vivint"), cluster: str = "voice-prod") -> ClusterRow:
    return row_of(ClusterView(cluster, NOW, runs), customers, CAMPAIGN)


def done(customer: str, cluster: str = "voice-prod") -> Run:
    return run(closed(S.COMPLETED, customer, CAMPAIGN, cluster), CAMPAIGN)


def evening() -> Board:
    rows = [
        row(
            *(ended_run for ended_run in evening_runs() if ended_run.execution.ref.cluster == cluster),
            customers=names,
            cluster=cluster,
        )
        for cluster, names in CUSTOMERS.items()
    ]
    return Board(CAMPAIGN, NOW, tuple(rows))


def test_the_evening_of_the_operations_log_is_the_table_it_shows() -> None:
    board = evening()

    assert (board.complete, board.total, len(board.open), board.unknown) == (89, 95, 6, 0)
    assert {row.cluster: (row.complete, row.expected) for row in board.answered} == {
        "us-west-2-prod": (30, 30),
        "chat-prod": (3, 3),
        "schwab-prod": (1, 1),
        "eu-west-2-prod": (0, 0),
        "ap-southeast-2-prod": (0, 0),
        "ca-central-1-prod": (0, 0),
        "voice-prod": (14, 17),
        "us-east-1-prod": (41, 44),
    }


def test_the_six_open_customers_of_that_evening_stand_as_it_says() -> None:
    states = {
        b.customer: (b.state, b.windows and (b.windows.done, b.windows.running, b.windows.total))
        for b in evening().open
    }

    assert states == {
        "united-east": (State.PARTIAL, (1, 0, 11)),
        "marriott": (State.PARTIAL, (1, 0, 6)),
        "spirit": (State.PARTIAL, (1, 0, 6)),
        "hilton": (State.RUNNING, (1, 1, 11)),
        "vivint": (State.RUNNING, None),
        "holidayinn-transfers": (State.RUNNING, None),
    }


def test_a_silent_cluster_is_counted_as_unknown_and_never_as_zero() -> None:
    board = Board(CAMPAIGN, NOW, (row(done("hilton"), done("vivint")), Silent("chat-prod", "no answer", None, 3)))

    assert (board.complete, board.total, board.unknown, len(board.open)) == (2, 5, 3, 0)


def test_customers_that_nobody_expects_are_named_and_not_counted() -> None:
    answered = row(done("hilton"), done("ghost"))

    assert [(b.customer, b.state, b.expected) for b in answered.extras] == [("ghost", State.COMPLETE, False)]
    assert (answered.complete, answered.expected) == (1, 2)


def test_a_run_of_another_campaign_makes_nobody_an_extra() -> None:
    answered = row(run(closed(S.COMPLETED, "ghost", window(100, 110)), window(100, 110)))

    assert answered.extras == ()


def test_what_is_not_recognised_is_kept_aside() -> None:
    odd = run(execution("odd"), None)

    assert row(odd, done("hilton")).unrecognised == (odd,)


def test_customers_without_rows_have_nothing_to_backfill() -> None:
    before = row(done("hilton"), customers=("hilton", "vivint", "spirit"))
    answered = with_volumes(before, {"spirit": 7, "hilton": 0})

    assert without_run(before) == ("vivint", "spirit")
    assert [b.state for b in answered.customers] == [State.COMPLETE, State.NOT_APPLICABLE, State.NOT_STARTED]
    assert (answered.complete, answered.expected) == (1, 2)


def test_a_cluster_is_not_applicable_without_customers_or_without_rows() -> None:
    assert not row(customers=()).is_applicable
    assert not with_volumes(row(), {}).is_applicable
    assert row().is_applicable


def test_what_needs_a_person_comes_before_what_goes_on_by_itself() -> None:
    def going_on(customer: str, **changes: object) -> Run:
        return run(execution(customer), CAMPAIGN, activity(**changes))

    answered = row(
        run(closed(S.FAILED, "failed", CAMPAIGN), CAMPAIGN),
        run(closed(S.COMPLETED, "partial", window(1, 6)), window(1, 6)),
        run(closed(S.CANCELLED, "cancelled", CAMPAIGN), CAMPAIGN),
        going_on("healthy"),
        going_on("struggling", attempt=2, last_failure=TIMED_OUT),
        customers=("idle", "healthy", "partial", "cancelled", "failed", "struggling"),
    )

    names = [b.customer for b in Board(CAMPAIGN, NOW, (answered,)).open]
    assert names == ["failed", "struggling", "cancelled", "partial", "healthy", "idle"]


def test_a_look_that_could_not_be_taken_leaves_the_health_open() -> None:
    gone = Run(execution("hilton"), run(execution("hilton"), CAMPAIGN).identity)
    (backfill,) = row(gone, customers=("hilton",)).open

    assert (backfill.state, backfill.health) == (State.RUNNING, None)


def test_a_customer_has_its_sequence_also_when_nobody_expects_it_and_nothing_of_it_has_run() -> None:
    sequences = (standing(progress()), standing(progress(of=spec("ghost", started_by="U2")), progress=None))
    view = ClusterView("voice-prod", NOW, (), sequences, sequences_silent="")
    seen = row_of(view, ("hilton", "vivint"), CAMPAIGN)

    assert [(b.customer, b.state) for b in seen.customers] == [
        ("hilton", State.RUNNING),
        ("vivint", State.NOT_STARTED),
    ]
    assert [(b.customer, b.state, b.expected) for b in seen.extras] == [("ghost", State.RUNNING, False)]
    assert Board(CAMPAIGN, NOW, (seen,)).sequences == sequences


def test_the_people_to_be_named_are_those_who_have_begun_or_paused_something() -> None:
    sequences = (standing(progress(paused_by="U0OSCAR")), standing(progress(of=spec("ghost", started_by="U2"))))
    seen = row_of(ClusterView("voice-prod", NOW, (), sequences), ("hilton",), CAMPAIGN)

    assert people_of([seen, Silent("chat-prod", "no answer", None, 3)]) == {"U0OLIVIA", "U0OSCAR", "U2"}
