"""An episode after another look at its run: what it takes over from the look, and whether that edits its message."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.fleet.runs.observation import DescribedRun
from bot.model import ChildrenTimingOut, Episode, is_past_within_skew

# An alert remembers so many of the links before the present one: chains may have thousands.
LINKS_KEPT = 20
# Progress alone edits the message at most this often. Any other change edits it at once.
PROGRESS_EDITS = timedelta(minutes=1)


def as_described(episode: Episode, look: DescribedRun, now: datetime) -> Episode:
    """The episode with what the look shows. Its chain may have gone on to another link since the last one."""
    is_next = look.ref != episode.ref
    changed = replace(
        episode,
        **look.standing(),
        activity_id=look.activity_id,
        changed_at=now,
        ended_at=None,
        links=(*episode.links, episode.ref.run_id)[-LINKS_KEPT:] if is_next else episode.links,
    )
    return replace(changed, started_at=min(episode.started_at, look.started_at))


def between_activities(look: DescribedRun, episode: Episode) -> DescribedRun:
    """``look`` at a run between two activities, with the last activity, which the episode goes on showing."""
    return replace(
        look,
        activity_id=episode.activity_id,
        attempt=episode.attempt,
        progress=episode.progress,
        last_heartbeat_at=episode.last_heartbeat_at,
        last_failure=episode.last_failure,
        more_time=episode.more_time,
        children=look.children or episode.children,
    )


def looks_different(episode: Episode, look: DescribedRun, now: datetime) -> bool:
    """Whether the look edits the message now."""
    before = (episode.alert_reason, episode.health, episode.link, episode.cancel_requested)
    if (look.alert_reason, look.health, look.link, look.cancel_requested) != before:
        return True
    if (look.ref, look.chain) != (episode.ref, episode.chain):
        return True
    if look.facts != episode.facts and look.alert_reason is not None:
        return True
    if _told_of(look.children) != _told_of(episode.children):
        return True
    is_long_ago = now - episode.changed_at >= PROGRESS_EDITS or not is_past_within_skew(episode.changed_at, now)
    # The first offer comes with the next edit: an upgrade must not edit every open alert.
    return (look.progress != episode.progress and is_long_ago) or episode.more_time not in (None, look.more_time)


def _told_of(children: ChildrenTimingOut | None) -> ChildrenTimingOut | None:
    """What edits the message at once: not that children which do well begin and end."""
    return replace(children, total=0) if children else None
