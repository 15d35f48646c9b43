"""The rules for alerts, one for each ``AlertReason``: when an open run needs one, and when the alert ends.

The words and buttons of each reason are in ``bot.blocks.alert_reasons``. Closed runs are judged in
``bot.fleet.alerts.closed_runs``.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from bot.fleet.runs.assessment import Assessment, NotPickedUp, Patience, WorkflowTaskFails, WorkflowTaskNotTaken
from bot.fleet.runs.observation import DescribedRun
from bot.model import AlertFacts, AlertReason, Ending, FailureKind

# The first failure of a workflow task may come from a restarted worker. If the second attempt fails as well, the
# cause is the workflow's own code.
BLOCKED_FROM_ATTEMPT = 3
# One attempt that ran or waited for too long may be chance, and Temporal retries it. This many need a person.
TIMEOUTS = 2


@dataclass(frozen=True, slots=True)
class ReasonRule:
    """``holds`` says whether an open run has this reason. ``ending`` says how its alert ends; None while the alert
    stays open.

    ``starts_over``: each attempt repeats the work of the attempt before it. Then no remaining time is shown, and the
    alert suggests splitting the run into smaller windows.
    ``is_left_to_sequences``: a sequence deals by itself with a window that has this reason, so the alert goes to the
    sequence's thread.
    """

    holds: Callable[[Assessment, Patience], bool]
    ending: Callable[[DescribedRun], Ending | None]
    starts_over: bool = False
    is_left_to_sequences: bool = False


def _timed_out_on_heartbeat(assessment: Assessment, _patience: Patience) -> bool:
    """Whether an attempt has timed out on heartbeat. One timeout is enough, and counts until the run ends, because
    later attempts of the same work will time out again."""
    return FailureKind.HEARTBEAT_TIMEOUT in assessment.failures


def _workflow_task_fails(assessment: Assessment, patience: Patience) -> bool:
    """Whether the workflow's own code fails again and again: its task is on attempt ``BLOCKED_FROM_ATTEMPT`` or
    later. The task counts even while it waits for a worker, because each attempt begins with a short wait. It no
    longer counts after a wait of ``no_worker_after``, because then a worker is missing (``_waits_for_a_worker``)."""
    return any(
        reason.attempt >= BLOCKED_FROM_ATTEMPT
        and (isinstance(reason, WorkflowTaskFails) or reason.waited < patience.no_worker_after)
        for reason in assessment.reasons
        if isinstance(reason, WorkflowTaskFails | WorkflowTaskNotTaken)
    )


def _repeats_heartbeats(assessment: Assessment, _patience: Patience) -> bool:
    return assessment.stalled_since is not None


def _waits_for_a_worker(assessment: Assessment, patience: Patience) -> bool:
    return any(
        reason.waited >= patience.no_worker_after
        for reason in assessment.reasons
        if isinstance(reason, NotPickedUp | WorkflowTaskNotTaken)
    )


def _keeps_failing(assessment: Assessment, patience: Patience) -> bool:
    return assessment.failed_attempts >= patience.retries or assessment.timeouts >= TIMEOUTS


def _never(_assessment: Assessment, _patience: Patience) -> bool:
    """Always False. For reasons that only closed runs have, because this asks about an open run."""
    return False


def _ends_with_its_run(run: DescribedRun) -> Ending | None:
    return run.ending


def _ends_when_it_passes(run: DescribedRun) -> Ending | None:
    is_over = run.ending is None and run.alert_reason is None
    return Ending.RECOVERED if is_over else run.ending


RULES: Mapping[AlertReason, ReasonRule] = {
    AlertReason.FAILED: ReasonRule(_never, _ends_with_its_run, is_left_to_sequences=True),
    AlertReason.HEARTBEAT_TIMEOUT: ReasonRule(
        _timed_out_on_heartbeat, _ends_with_its_run, starts_over=True, is_left_to_sequences=True
    ),
    AlertReason.BLOCKED: ReasonRule(_workflow_task_fails, _ends_when_it_passes),
    AlertReason.STALLED: ReasonRule(_repeats_heartbeats, _ends_when_it_passes),
    AlertReason.NO_WORKER: ReasonRule(_waits_for_a_worker, _ends_when_it_passes),
    AlertReason.RETRYING: ReasonRule(_keeps_failing, _ends_when_it_passes),
    AlertReason.MISMATCH: ReasonRule(_never, _ends_with_its_run, is_left_to_sequences=True),
    AlertReason.IN_DOUBT: ReasonRule(_never, _ends_with_its_run, is_left_to_sequences=True),
}


def alert_reasons(assessment: Assessment, patience: Patience) -> tuple[AlertReason, ...]:
    """All reasons that hold, worst first; none if the run needs no alert."""
    return tuple(reason for reason in AlertReason if RULES[reason].holds(assessment, patience))


def worst_reason(assessment: Assessment, switched_on: Collection[AlertReason]) -> AlertReason | None:
    """The worst of the reasons that hold and are switched on; None if the run needs no alert."""
    return next((reason for reason in assessment.alert_reasons if reason in switched_on), None)


def alert_facts(reason: AlertReason | None, assessment: Assessment, queue_link: str = "") -> AlertFacts:
    """The facts behind this reason of an open run. How many workers poll the queue is not known here."""
    if reason is AlertReason.HEARTBEAT_TIMEOUT:
        return AlertFacts(queue_link=queue_link)
    if reason is AlertReason.STALLED:
        return AlertFacts(since=assessment.stalled_since)
    if reason is AlertReason.NO_WORKER:
        return AlertFacts(
            assessment.waiting_since, assessment.task_queue, assessment.waits_for, queue_link=queue_link
        )
    return AlertFacts()


def alert_ending(reason: AlertReason, run: DescribedRun) -> Ending | None:
    """How an alert with this reason ends, given the latest description of its run; None if the alert stays open."""
    return RULES[reason].ending(run)


def is_left_to_sequences(reason: AlertReason | None) -> bool:
    """Whether a sequence deals by itself with a window that has this reason."""
    return reason is not None and RULES[reason].is_left_to_sequences


def starts_over(assessment: Assessment) -> bool:
    """Whether each attempt repeats the work of the attempt before it: True if any reason that holds means this
    (``ReasonRule.starts_over``), even if another reason is worse."""
    return any(RULES[reason].starts_over for reason in assessment.alert_reasons)
