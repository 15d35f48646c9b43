"""Proposes the first campaign: the days that the runs fill. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from bot.fleet.runs.identity import Identity
from bot.model import Window

# Temporal may still list runs of an earlier campaign. A gap between campaigns is longer than any gap within one.
_GAP = timedelta(days=31)


def propose_campaign(identities: Sequence[Identity]) -> Window | None:
    """From the first to the last day of the latest group of windows; None if there are no runs."""
    windows = sorted({identity.window for identity in identities})
    group: Window | None = None
    for window in windows:
        if group is None or window.start - group.end > _GAP:
            group = window
        else:
            group = Window(group.start, max(group.end, window.end))
    return group
