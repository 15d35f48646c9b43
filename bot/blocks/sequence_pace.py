"""How far an open sequence is: a bar, the time that is left at its own pace, and the window that completed last."""

from bot.blocks import sequence_phrases, sizing, window_count, words
from bot.blocks.lines import Line
from bot.fleet.sequence.pace import time_left
from bot.model import SequenceProgress, duration_text

BAR_LENGTH = 10


def lines(progress: SequenceProgress) -> list[Line]:
    """Progress and last window as lines; empty for a sequence that only cancels runs, as it has no days to
    complete."""
    if not sequence_phrases.total_requested_days(progress.spec):
        return []
    return [_bar(progress).then(_left(progress)), *_latest(progress)]


def _bar(progress: SequenceProgress) -> Line:
    """``▓▓▓▓▓░░░░░ 54% of the days.`` A screen reader gets the number alone."""
    complete, requested = (
        sequence_phrases.complete_days(progress),
        sequence_phrases.total_requested_days(progress.spec),
    )
    full = BAR_LENGTH * complete // requested
    share = Line.of(f"{words.percent(complete, requested)} of the days.")
    return Line(share.plain, f"{'▓' * full}{'░' * (BAR_LENGTH - full)} {share.mrkdwn}")


def _left(progress: SequenceProgress) -> Line:
    """The time left; empty if it is not known. The line says from when the time counts, because the message is drawn
    again only when a window begins or ends."""
    left = time_left(progress)
    since = max((window.started_at for window in progress.running), default=None)
    if left is None or since is None:
        return Line("", "")
    at = Line(words.plain_when(since), words.when(since))
    return Line.of(f"About {sizing.at_pace(left)} left, counted from").then(at).then(".", separator="")


def _latest(progress: SequenceProgress) -> list[Line]:
    latest = progress.latest
    if latest is None:
        return []
    days = sequence_phrases.range_in(latest.window, progress.spec)
    counted = window_count.count_text(latest.count) if latest.count else ""
    return [Line.of(f"Last: {days} complete in {duration_text(latest.took)}.").then(counted)]
