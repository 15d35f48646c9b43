"""The words and buttons of alerts: one row for each ``AlertReason``.

Which runs have a reason is decided in ``bot.fleet.runs.alert_reasons``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.actions import ActionId
from bot.model import AlertReason, Health


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """The verb in the forms that sentences need: "hilton is …", "it had …", "12 backfills …".

    ``health`` is the health that the verb already expresses; if a run has another health as well, the alert adds
    that.
    ``actions`` are the buttons about the run, with the suggested one first.
    ``many`` is the advice for a large group of such alerts.
    """

    is_doing: str
    had_done: str
    began: str
    health: Health
    actions: tuple[ActionId, ...]
    many: str
    mark: str = ":warning:"


WORDS: Mapping[AlertReason, ReasonWords] = {
    AlertReason.HEARTBEAT_TIMEOUT: ReasonWords(
        is_doing="struggling",
        had_done="struggled",
        began="began to struggle",
        health=Health.STRUGGLING,
        actions=(ActionId.SPLIT, ActionId.CANCEL),
        many="So many at once is rarely about one customer: look at the workers first.",
    ),
}
