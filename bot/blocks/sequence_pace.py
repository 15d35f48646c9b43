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
    bar, left = _bar(progress), _left(progress)
    return [Line(left.plain, bar.then(left, " · ").mrkdwn), *_latest(progress)]


def _bar(progress: SequenceProgress) -> Line:
    """``▓▓▓▓▓░░░░░ 54%``. Its plain text is empty, because the headline tells a screen reader how many days are
    complete."""
    complete, requested = (
        sequence_phrases.complete_days(progress),
        sequence_phrases.total_requested_days(progress.spec),
    )
    full = BAR_LENGTH * complete // requested
    share = words.percent(complete, requested)
    return Line("", f"{'▓' * full}{'░' * (BAR_LENGTH - full)} {share}")


def _left(progress: SequenceProgress) -> Line:
    """The time left; empty if it is not known. The line says from when the time counts, because the message is drawn
    again only when a window begins or ends."""
    left = time_left(progress)
    since = max((window.started_at for window in progress.running), default=None)
    if left is None or since is None:
        return Line("", "")
    at = Line(words.plain_when(since), words.when(since))
    return Line.of(f"About {sizing.at_pace(left)} left, as of").then(at).then(".", separator="")


def _latest(progress: SequenceProgress) -> list[Line]:
    latest = progress.latest
    if latest is None:
        return []
    days = sequence_phrases.range_in(latest.window, progress.spec)
    counted = window_count.count_text(latest.count) if latest.count else ""
    return [Line.of(f"Last: {days} complete in {duration_text(latest.took)}.").then(counted)]
