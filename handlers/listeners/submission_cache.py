"""The submission cache: a submission that Slack delivers again is answered with its latest view and not carried
out again."""

from datetime import datetime, timedelta

from bot.message import View

# Slack may deliver the same envelope again after a reconnect (docs/slack-facts.md#socket-mode).
KEPT = timedelta(minutes=10)


class SubmissionCache:
    """The latest view of each submission of the last ten minutes, by ``SubmissionPayload.delivery``."""

    def __init__(self) -> None:
        self._views: dict[str, tuple[datetime, View]] = {}

    def get(self, delivery: str) -> View | None:
        """The latest view of the submission with this delivery id; None if the submission is new."""
        entry = self._views.get(delivery)
        return entry[1] if entry else None

    def put(self, delivery: str, view: View, now: datetime) -> None:
        """Remember ``view`` as what the modal of this submission shows from now on, and forget all views older than
        ``KEPT``."""
        self._views = {key: entry for key, entry in self._views.items() if now - entry[0] < KEPT}
        self._views[delivery] = (now, view)
