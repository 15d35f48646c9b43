"""The rules for alerts, one for each ``AlertReason``: when a run needs one, and when the alert ends.

The words and buttons of each reason are in ``bot.blocks.alert_reasons``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.fleet.runs.assessment import Assessment
from bot.fleet.runs.observation import DescribedRun
from bot.model import AlertReason, Ending, FailureKind


@dataclass(frozen=True, slots=True)
class ReasonRule:
    """``holds`` says whether a run has this reason. ``ending`` says how its alert ends; None while the alert stays
    open.

    ``starts_over``: each attempt repeats the work of the attempt before it. Then no remaining time is shown, and the
    alert suggests splitting the run into smaller windows.
    """

    holds: Callable[[Assessment], bool]
    ending: Callable[[DescribedRun], Ending | None]
    starts_over: bool


def _timed_out_on_heartbeat(assessment: Assessment) -> bool:
    """Whether an attempt has timed out on heartbeat. One timeout is enough, and counts until the run ends, because
    later attempts of the same work will time out again."""
    return FailureKind.HEARTBEAT_TIMEOUT in assessment.failures


def _ends_with_its_run(look: DescribedRun) -> Ending | None:
    return look.ending


RULES: Mapping[AlertReason, ReasonRule] = {
    AlertReason.HEARTBEAT_TIMEOUT: ReasonRule(
        holds=_timed_out_on_heartbeat, ending=_ends_with_its_run, starts_over=True
    ),
}


def alert_reason(assessment: Assessment) -> AlertReason | None:
    """The worst reason that holds; None if the run needs no alert."""
    return next((reason for reason in AlertReason if RULES[reason].holds(assessment)), None)


def alert_ending(reason: AlertReason, look: DescribedRun) -> Ending | None:
    """How an alert with this reason ends, given this description of its run; None while it stays open."""
    return RULES[reason].ending(look)


def starts_over(assessment: Assessment) -> bool:
    """Whether attempts start over for any of the reasons that hold, not only for the worst one."""
    return any(rule.starts_over and rule.holds(assessment) for rule in RULES.values())
