"""The words and buttons of alerts: one row for each ``AlertReason``.

Which runs have a reason is decided in ``bot.fleet.runs.alert_reasons`` and ``bot.fleet.alerts.closed_runs``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.actions import ActionId
from bot.model import AlertReason, Health

_WORKERS_FIRST = (
    "look at the workers first: so many at once usually share a cause. Split only what times out again after that."
)
SMALLER = "smaller windows"
_SHARED_CAUSE = "look for the shared cause first: so many at once usually have one."


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """The words for a reason, in the forms that sentences need. ``state``: "hilton is blocked"; ``still``: "hilton is
    still blocked"; ``had_done``: "all 12 backfills that got stuck together"; ``began``: "12 backfills got stuck".

    ``health`` is the health that ``state`` already expresses; None for the reasons of closed runs, because closed
    runs have no health. If the run is neither in this health nor healthy, the alert also names the run's health.
    ``of_attempt`` is whether the trouble is that of one attempt; if so, the alert gives the number of the attempt.
    ``passed`` is how the alert ended if the trouble has passed and the run goes on. ``actions`` are the buttons about
    the run, with the suggested one first; without any, the alert suggests to look at the run in Temporal. ``advice``
    is what to do, in a sentence; ``advice_with`` replaces ``{windows}`` in this sentence by words for the windows
    that a person should run, such as "smaller windows". ``many`` is what to do about a large group of such alerts,
    and ``few`` about a small group. If ``few`` is "", a small group suggests ``advice`` for each of its alerts.
    ``mark`` is the icon before the headline.
    """

    state: str
    still: str
    had_done: str
    began: str
    many: str
    advice: str
    health: Health | None = None
    of_attempt: bool = False
    few: str = ""
    passed: str = "recovered"
    actions: tuple[ActionId, ...] = ()
    mark: str = ":warning:"

    def advice_with(self, windows: str = SMALLER) -> str:
        """The ``advice``, with ``windows`` in the place of ``{windows}``."""
        return self.advice.replace("{windows}", windows)


WORDS: Mapping[AlertReason, ReasonWords] = {
    AlertReason.FAILED: ReasonWords(
        state="failed",
        still="has failed and nothing replaces it",
        had_done="failed",
        began="failed",
        many=_SHARED_CAUSE,
        advice=(
            "remove the cause, then run the missing days in {windows}. Rows already written stay, so days may hold "
            "duplicates."
        ),
        actions=(ActionId.RETRY,),
        mark=":red_circle:",
    ),
    AlertReason.HEARTBEAT_TIMEOUT: ReasonWords(
        state="timed out on heartbeat",
        still="still times out on heartbeat",
        had_done="timed out on heartbeat",
        began="timed out on heartbeat",
        many=_WORKERS_FIRST,
        advice=(
            "split it into {windows}. This run ends first, rows already written stay, and a dialog shows the "
            "plan before anything starts."
        ),
        few=(
            "see first whether they share a cause (workers, ClickHouse). If not, split each into smaller windows: "
            "its run ends first, rows already written stay, and a dialog shows the plan."
        ),
        health=Health.STRUGGLING,
        of_attempt=True,
        actions=(ActionId.SPLIT, ActionId.CANCEL),
    ),
    AlertReason.BLOCKED: ReasonWords(
        state="is blocked",
        still="is still blocked",
        had_done="got stuck",
        began="got stuck in their own code",
        many="look at the latest deployment first: so many at once usually share a bug.",
        advice="fix the workflow code or roll it back. The run then continues by itself, and nothing is lost.",
        health=Health.BLOCKED,
        passed="no longer blocked",
        actions=(ActionId.TERMINATE,),
    ),
    AlertReason.STALLED: ReasonWords(
        state="is stalled",
        still="is still stalled",
        had_done="stalled",
        began="stalled",
        many=_SHARED_CAUSE,
        advice=(
            "see in ClickHouse and the worker's log whether it still works. If not, cancel it; rows already written "
            "stay."
        ),
        health=Health.STALLED,
        passed="makes progress again",
        actions=(ActionId.CANCEL,),
    ),
    AlertReason.NO_WORKER: ReasonWords(
        state="waits for a worker",
        still="still waits for a worker",
        had_done="waited for a worker",
        began="began to wait for a worker",
        many="start a worker for this task queue, or free one. They continue by themselves then; nothing is lost.",
        advice="start a worker for this task queue, or free one. It then continues by itself; nothing is lost.",
        health=Health.WAITING,
        passed="a worker has taken its work",
        actions=(ActionId.CANCEL,),
    ),
    AlertReason.RETRYING: ReasonWords(
        state="keeps failing",
        still="still keeps failing",
        had_done="kept failing",
        began="began to fail",
        many=_SHARED_CAUSE,
        advice="find out in Temporal why it fails, and remove the cause; the next attempt then gets through.",
        health=Health.RETRYING,
        of_attempt=True,
        passed="an attempt got through",
        actions=(ActionId.CANCEL,),
    ),
    AlertReason.MISMATCH: ReasonWords(
        state="completed, but its rows differ from the source",
        still="still differs from its source",
        had_done="completed with rows that differ from the source",
        began="completed with rows that differ from the source",
        many=_SHARED_CAUSE,
        advice=(
            "verify, which shows which table and days differ, and changes nothing. If rows are missing, run what is "
            "missing."
        ),
        actions=(ActionId.VERIFY, ActionId.RETRY),
    ),
    AlertReason.IN_DOUBT: ReasonWords(
        state="completed, but that is in doubt",
        still="is still in doubt",
        had_done="completed without proof",
        began="completed without proof",
        many=_SHARED_CAUSE,
        advice="verify, which counts the rows and changes nothing. If they differ, run what is missing.",
        actions=(ActionId.VERIFY, ActionId.RETRY),
        mark=":large_yellow_circle:",
    ),
}
