"""Draws what is told once: that a cluster or the campaign is complete."""

from bot.blocks import kit, words
from bot.commands import SLASH
from bot.fleet.notifications.announcements import Announcement, CampaignComplete, ClusterComplete
from bot.message import Message

_MARK = ":large_green_circle:"


def draw(announcement: Announcement) -> Message:
    """Who is complete, how much of it counts have proven, and for which days."""
    match announcement:
        case ClusterComplete():
            headline = f"{announcement.cluster} is complete: {_customers(announcement)}."
            next_step = f"{SLASH} verify {announcement.cluster} counts again."
        case CampaignComplete():
            clusters = words.plural(announcement.clusters, "cluster")
            headline = f"The campaign is complete: {_customers(announcement)} on {clusters}."
            next_step = f"{SLASH} report has the operations log of the day."
    below = f"{words.long_range(announcement.window)}. {next_step}"
    return kit.message(
        f"{headline} {below}", [kit.section(f"*{kit.escape(headline)}* {_MARK}"), kit.context(kit.escape(below))]
    )


def _customers(announcement: Announcement) -> str:
    """``all 17 customers, 15 of them verified``"""
    number, verified = announcement.customers, announcement.verified
    everybody = "its only customer" if number == 1 else f"all {number:,} customers"
    if not verified:
        return everybody
    return f"{everybody}, verified" if verified == number else f"{everybody}, {verified:,} of them verified"
