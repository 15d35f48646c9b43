"""Changes the alerts that a sequence takes over: they show its progress, and end with it. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.fleet.alerts.episodes import Step, card, end_episode, is_for, update_episode
from bot.fleet.notifications.keys import card_key
from bot.fleet.runs.observation import DescribedRun
from bot.model import Ending, Episode, SeenFailure, SequenceEnd, SequenceProgress, SequenceSpec

ENDINGS = {
    SequenceEnd.COMPLETE: Ending.COMPLETED,
    SequenceEnd.IN_DOUBT: Ending.IN_DOUBT,
    SequenceEnd.INCOMPLETE: Ending.INCOMPLETE,
    SequenceEnd.STOPPED: Ending.INCOMPLETE,
    SequenceEnd.CANCELLED: Ending.CANCELLED,
}

# How an alert may end because a sequence cancels its run, or is to run its days.
_ENDED_FOR_SEQUENCE = (
    Ending.CANCELLED,
    Ending.TERMINATED,
    Ending.FAILED,
    Ending.IN_DOUBT,
    Ending.GONE,
    Ending.REPLACED,
)


def reopened(episode: Episode, spec: SequenceSpec) -> Episode | None:
    """The alert, opened again, if it ended because of this sequence; otherwise None.

    A sequence cancels the run of an alert, or runs the days that this run did not complete. The watcher may see the
    effect before the first report of the sequence arrives. It then ends the alert as if a person had ended or
    replaced the run. The code of the run may catch the cancel and then fail or return, so the run may also end in
    other ways than cancelled.
    """
    if episode.sequence is not None or episode.ending not in _ENDED_FOR_SEQUENCE or not is_for(spec, episode):
        return None
    is_cleared = any(run.ref in episode.runs for run in spec.clear)
    ended_there = episode.ended_at - episode.ahead if episode.ended_at else None
    if not is_cleared and (ended_there is None or ended_there < spec.started_at):
        return None
    return replace(episode, ending=None, ended_at=None, overtaken=None)


def hand_over(episode: Episode, progress: SequenceProgress, now: datetime) -> Step:
    """The episode after a sequence has taken it over: it ends with the sequence, and gets no more reminders.

    Like ``update_progress`` and ``end_with_sequence``, this changes only an episode for which ``is_for`` is True.
    """
    if not is_for(progress.spec, episode):
        return Step(episode)
    taken = replace(episode, sequence=progress, quiet=None, is_queued=False, changed_at=now, last_told_at=now)
    return Step(taken, (card(taken),))


def update_progress(episode: Episode, progress: SequenceProgress, now: datetime) -> Step:
    """Shows the sequence's progress in the message. The lines in the thread come from the sequence itself."""
    before = episode.sequence
    if before is None or before.spec.id != progress.spec.id:
        return hand_over(episode, progress, now)
    if before == progress or not is_for(progress.spec, episode):
        return Step(episode)
    changed = replace(episode, sequence=progress, changed_at=now)
    return Step(changed, (card(changed),))


def end_with_sequence(episode: Episode, progress: SequenceProgress, now: datetime) -> Step:
    """Ends the episode together with its sequence. Raises ValueError for a sequence that has not ended."""
    if progress.end is None:
        raise ValueError(f"the sequence of {progress.spec.customer} goes on")
    if not is_for(progress.spec, episode):
        return Step(episode)
    step = end_episode(replace(episode, sequence=progress), ENDINGS[progress.end], now)
    # The sequence's own last line, in the same thread, has more detail.
    is_own_thread = episode.root_key == progress.spec.thread_key
    return Step(step.episode, step.messages[:1]) if is_own_thread else step


def release_from_sequence(
    episode: Episode, run: DescribedRun, ending: Ending, failures: Iterable[SeenFailure], now: datetime
) -> Step:
    """The episode after its sequence ended without a report. If its run has ended, the episode ends with ``ending``,
    as the sequence did. If its run is open, the episode stays open and calls people again."""
    if run.ending is not None:
        return end_episode(episode, ending, now)
    step = update_episode(released(episode, now).episode, run, failures, now)
    news = tuple(message for message in step.messages if message.key != card_key(episode))
    return Step(step.episode, (card(step.episode), *news))


def released(episode: Episode, now: datetime) -> Step:
    """The episode, which no sequence takes care of any more: it calls people again."""
    own = replace(episode, sequence=None, last_told_at=now, changed_at=now, calls_again_at=now)
    return Step(own, (card(own),))
