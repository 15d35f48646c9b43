"""What App Home sorts: who needs a person, worst first, and who goes on."""

from bot.fleet.runs.run import ClusterView, Run
from bot.fleet.status.board import Board, row_of
from bot.fleet.status.home import Home
from bot.model import ExecutionStatus, Phase, SequenceStanding
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, TIMED_OUT, activity, closed, execution, run, window
from tests.fleet.sequences import progress, running, spec, standing


def going_on(customer: str, **changes: object) -> Run:
    return run(execution(customer, started_at=NOW - HOUR), CAMPAIGN, activity(**changes))


def home_of(*runs: Run, customers: tuple[str, ...], sequences: tuple[SequenceStanding, ...] = ()) -> Home:
    row = row_of(ClusterView("voice-prod", NOW, runs, sequences), customers, CAMPAIGN)
    return Home(Board(CAMPAIGN, NOW, (row,)), may_change=True)


def names(home: Home) -> tuple[list[str], list[str]]:
    return [b.customer for b in home.needs_person], [b.customer for b in home.goes_on]


def test_the_worst_needs_a_person_first_and_the_healthy_go_on() -> None:
    home = home_of(
        going_on("calm"),
        going_on("slow", attempt=3, last_failure=TIMED_OUT),
        run(closed(ExecutionStatus.FAILED, "broken", CAMPAIGN), CAMPAIGN),
        run(closed(ExecutionStatus.COMPLETED, "ready", CAMPAIGN), CAMPAIGN),
        customers=("calm", "slow", "broken", "ready", "never"),
    )

    assert names(home) == (["broken", "slow"], ["calm"])


def test_a_paused_sequence_needs_a_person_and_one_that_runs_does_not() -> None:
    paused = progress(phase=Phase.PAUSED, paused_by="U0OLIVIA")
    goes_on = progress(running(3, window(11, 16), "vivint"), of=spec("vivint"))
    home = home_of(customers=("hilton", "vivint"), sequences=(standing(paused), standing(goes_on)))

    assert names(home) == (["hilton"], ["vivint"])


def test_whoever_is_not_started_needs_nobody_yet() -> None:
    assert names(home_of(customers=("never",))) == ([], [])
