"""What submitted dialogs show now: a submission that Slack delivers again is answered alike, and not carried out."""

from datetime import datetime, timedelta

from bot.message import View

# Slack has been seen to deliver the same envelope again after a reconnect (slack-contract.md §2).
KEPT = timedelta(minutes=10)


class SubmissionCache:
    """The latest view of each submission of the last ten minutes, by what all its deliveries have in common."""

    def __init__(self) -> None:
        self._views: dict[str, tuple[datetime, View]] = {}

    def get(self, delivery: str) -> View | None:
        """What its dialog shows; None for a submission that is new."""
        kept = self._views.get(delivery)
        return kept[1] if kept else None

    def put(self, delivery: str, view: View, now: datetime) -> None:
        """Its dialog shows this from now on. Those that are too old to come again are forgotten."""
        self._views = {key: kept for key, kept in self._views.items() if now - kept[0] < KEPT}
        self._views[delivery] = (now, view)
