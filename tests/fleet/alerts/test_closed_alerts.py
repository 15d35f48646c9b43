"""What the alerts about closed runs show: one a customer, and nothing while it is not known what follows."""

from dataclasses import replace
from typing import Any

from bot.fleet.alerts.closed_alerts import ClosedRuns, describe_closed, is_left_to_history
from bot.fleet.alerts.closed_runs import CLOSED_REASONS
from bot.fleet.runs.observation import DescribedRun
from bot.fleet.runs.run import Run
from bot.model import AlertReason, Ending, Episode, ExecutionStatus, Ref
from tests.fakes.episodes import episode
from tests.fleet.alerts.test_closed_runs import ended, troubles
from tests.fleet.alerts.test_reconcile import described_run
from tests.fleet.builders import window

S = ExecutionStatus


def link(ref: Ref) -> str:
    return f"https://temporal.test/{ref.run_id}"


def about(run: Run, **facts: Any) -> Episode:
    return episode(ref=run.execution.ref, window=run.window, **facts)


def shown(*runs: Run, alerts: tuple[Episode, ...] = (), unsure: tuple[str, ...] = ()) -> list[DescribedRun]:
    return describe_closed(ClosedRuns(runs, troubles(*runs), CLOSED_REASONS, unsure), alerts, link)


def test_a_failure_without_an_alert_is_shown_at_its_own_run() -> None:
    failed = ended(S.FAILED)
    (first,) = shown(failed)

    assert (first.ref, first.alert_reason, first.ending) == (failed.execution.ref, AlertReason.FAILED, None)


def test_the_alert_of_the_run_goes_on_and_so_does_the_one_of_an_earlier_failure_of_the_customer() -> None:
    first, second = ended(S.FAILED, window(1, 6)), ended(S.FAILED, window(6, 11))
    alert = about(first)
    (this,) = shown(first, second, alerts=(alert,))

    assert this.chain == alert.chain
    assert this.facts.runs == 2
    assert this.link == link(second.execution.ref)


def test_a_second_alert_of_the_same_customer_ends_as_its_run_did() -> None:
    first, second = ended(S.FAILED, window(1, 6)), ended(S.TERMINATED, window(6, 11))
    runs = shown(first, second, alerts=(about(first), replace(about(second), id="other", root_key="episode:other")))

    assert [each.ending for each in runs] == [None, Ending.TERMINATED]


def test_nothing_is_decided_while_another_run_may_follow() -> None:
    failed = ended(S.FAILED)

    assert shown(failed, alerts=(about(failed),), unsure=("hilton",)) == []


def test_an_alert_at_a_link_that_the_history_does_not_have_yet_stays_as_it_is() -> None:
    failed = ended(S.FAILED)
    alert = about(failed)
    later = replace(alert, ref=replace(alert.ref, run_id="later"), first_run_id=alert.ref.run_id)

    assert [each.ref for each in shown(ended(S.CANCELLED), alerts=(later,))] == []


def test_the_alert_of_a_failed_run_is_left_to_the_history_unless_that_is_switched_off_or_a_sequence_has_it() -> None:
    failed, alert = described_run(ending=Ending.FAILED), episode()
    in_sequence = replace(alert, root_key="sequence:1")

    assert is_left_to_history(failed, alert, CLOSED_REASONS)
    assert not is_left_to_history(failed, alert, frozenset())
    assert not is_left_to_history(failed, in_sequence, CLOSED_REASONS)
    assert not is_left_to_history(described_run(ending=Ending.COMPLETED), alert, CLOSED_REASONS)
