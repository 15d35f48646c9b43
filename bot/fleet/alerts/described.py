"""What an episode takes over from a new description of its run, and whether the episode's message is then edited."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.fleet.notifications.attempts import ALWAYS_WITH_LINE, EVERY
from bot.fleet.runs.observation import DescribedRun
from bot.model import AlertFacts, AttemptProgress, Episode, TroubledChildren, is_past_within_skew

# An alert remembers at most this many links before the present one, because a chain may have thousands.
LINKS_KEPT = 20
# Progress alone edits the message at most this often. Any other change edits it at once.
PROGRESS_EDITS = timedelta(minutes=1)
# The picture of an alert shows at most this many attempts, the latest ones.
ATTEMPTS_PICTURED = 8


def as_described(episode: Episode, run: DescribedRun, now: datetime) -> Episode:
    """The episode with what the run shows now. ``run`` may be a later link of the chain than the run that the episode
    knows."""
    is_next = run.ref != episode.ref
    changed = replace(
        episode,
        **run.standing(),
        activity_id=run.activity_id,
        changed_at=now,
        ended_at=None,
        ended_with_campaign=False,
        links=(*episode.links, episode.ref.run_id)[-LINKS_KEPT:] if is_next else episode.links,
        suggested=episode.suggested if run.facts.days == episode.facts.days else None,
    )
    return replace(changed, started_at=min(episode.started_at, run.started_at))


def pictured_attempts(known: tuple[AttemptProgress, ...], run: DescribedRun) -> tuple[AttemptProgress, ...]:
    """The attempts that the alert's picture shows, after the attempt before ``run.attempt`` has ended. That attempt
    is added to ``known`` if it is one of the first five, or if its number is a multiple of five; then only the latest
    ``ATTEMPTS_PICTURED`` are kept. Otherwise ``known`` is returned unchanged. So an activity that fails for days does
    not have its picture drawn again after each attempt."""
    last = run.attempt - 1
    if last > ALWAYS_WITH_LINE and last % EVERY:
        return known
    return (*known, AttemptProgress(last, run.before))[-ATTEMPTS_PICTURED:]


def between_activities(run: DescribedRun, episode: Episode) -> DescribedRun:
    """The ``run`` with the facts of its last activity, which come from the episode. The run is between two
    activities, and the alert goes on showing the last one."""
    return replace(
        run,
        activity_id=episode.activity_id,
        attempt=episode.attempt,
        progress=episode.progress,
        last_heartbeat_at=episode.last_heartbeat_at,
        last_failure=episode.last_failure,
        more_time=episode.more_time,
        can_reset=episode.can_reset,
        next_attempt_at=episode.next_attempt_at,
        children=run.children,
    )


def edits_message(episode: Episode, run: DescribedRun, now: datetime) -> bool:
    """Whether to edit the message now. Changes of the progress alone edit it at most once every
    ``PROGRESS_EDITS``."""
    before = (episode.alert_reason, episode.health, episode.link, episode.cancel_requested)
    if (run.alert_reason, run.health, run.link, run.cancel_requested) != before:
        return True
    if (run.can_reset, run.is_paused) != (episode.can_reset, episode.is_paused):
        return True
    if (run.ref, run.chain) != (episode.ref, episode.chain):
        return True
    if _without_link(run.facts) != _without_link(episode.facts) and run.alert_reason is not None:
        return True
    if _without_total(run.children) != _without_total(episode.children):
        return True
    is_long_ago = now - episode.changed_at >= PROGRESS_EDITS or not is_past_within_skew(episode.changed_at, now)
    # A ``more_time`` in place of None waits for the next edit. Otherwise, a bot that newly offers it would edit every
    # open alert at once.
    return (run.progress != episode.progress and is_long_ago) or episode.more_time not in (None, run.more_time)


def _without_link(facts: AlertFacts) -> AlertFacts:
    """The facts without the link to the task queue. Otherwise, a bot that newly knows this link would edit the
    messages of all open alerts at once."""
    return replace(facts, queue_link="")


def _without_total(children: TroubledChildren | None) -> TroubledChildren | None:
    """The children without their total. The total changes whenever a healthy child begins or ends, and such a change
    alone must not edit the message."""
    return replace(children, total=0) if children else None
