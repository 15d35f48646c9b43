"""What alerts say and offer, by their reason: one row for each ``AlertReason``.

Which runs have a reason is decided in ``bot.fleet.alerts.reasons``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.actions import ActionId
from bot.model import AlertReason, Health


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """The verb in the forms that sentences need: "hilton is …", "it had …", "12 backfills …".

    ``health`` is what the verb says already; any other health is added to it. ``actions`` are the buttons about the
    run, the suggested one first. ``many`` is what a large group of such alerts suggests.
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
