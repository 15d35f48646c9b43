"""What an episode takes over when its run is described again, and whether that edits its message."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.fleet.notifications.attempts import ALWAYS_WITH_LINE, EVERY
from bot.fleet.runs.observation import DescribedRun
from bot.model import AttemptProgress, Episode, TroubledChildren, is_past_within_skew

# An alert remembers so many of the links before the present one: chains may have thousands.
LINKS_KEPT = 20
# Progress alone edits the message at most this often. Any other change edits it at once.
PROGRESS_EDITS = timedelta(minutes=1)
# The picture of an alert shows so many attempts, of which the latest ones are kept.
ATTEMPTS_PICTURED = 8


def as_described(episode: Episode, run: DescribedRun, now: datetime) -> Episode:
    """The episode with what the run shows now. Its chain may have gone on to another link since."""
    is_next = run.ref != episode.ref
    changed = replace(
        episode,
        **run.standing(),
        activity_id=run.activity_id,
        changed_at=now,
        ended_at=None,
        links=(*episode.links, episode.ref.run_id)[-LINKS_KEPT:] if is_next else episode.links,
    )
    return replace(changed, started_at=min(episode.started_at, run.started_at))


def pictured_attempts(known: tuple[AttemptProgress, ...], run: DescribedRun) -> tuple[AttemptProgress, ...]:
    """The attempts to picture, after another one has ended. Of many attempts only each fifth is pictured, so that an
    activity which fails for days does not have a picture drawn all the time."""
    last = run.attempt - 1
    if last > ALWAYS_WITH_LINE and last % EVERY:
        return known
    return (*known, AttemptProgress(last, run.before))[-ATTEMPTS_PICTURED:]


def between_activities(run: DescribedRun, episode: Episode) -> DescribedRun:
    """A ``run`` between two activities, with the last activity, which the episode goes on showing."""
    return replace(
        run,
        activity_id=episode.activity_id,
        attempt=episode.attempt,
        progress=episode.progress,
        last_heartbeat_at=episode.last_heartbeat_at,
        last_failure=episode.last_failure,
        more_time=episode.more_time,
        can_reset=episode.can_reset,
        children=run.children,
    )


def edits_message(episode: Episode, run: DescribedRun, now: datetime) -> bool:
    """Whether what the run shows edits the message now."""
    before = (episode.alert_reason, episode.health, episode.link, episode.cancel_requested, episode.can_reset)
    if (run.alert_reason, run.health, run.link, run.cancel_requested, run.can_reset) != before:
        return True
    if (run.ref, run.chain) != (episode.ref, episode.chain):
        return True
    if run.facts != episode.facts and run.alert_reason is not None:
        return True
    if _without_total(run.children) != _without_total(episode.children):
        return True
    is_long_ago = now - episode.changed_at >= PROGRESS_EDITS or not is_past_within_skew(episode.changed_at, now)
    # The first offer comes with the next edit: an upgrade must not edit every open alert.
    return (run.progress != episode.progress and is_long_ago) or episode.more_time not in (None, run.more_time)


def _without_total(children: TroubledChildren | None) -> TroubledChildren | None:
    """What edits the message at once: not that children which do well begin and end."""
    return replace(children, total=0) if children else None
