"""Draws the announcement, made once, that a cluster or the campaign is complete."""

from bot.blocks import kit, words
from bot.commands import SLASH
from bot.commands.words import typed
from bot.fleet.notifications.announcements import Announcement, CampaignComplete, ClusterComplete
from bot.message import Message

_MARK = ":large_green_circle:"


def draw(announcement: Announcement) -> Message:
    """The announcement: how many customers are complete, how many of these are verified, and for which days."""
    everybody, proof = _everybody(announcement.customers), _proof(announcement)
    match announcement:
        case ClusterComplete():
            named, cluster = kit.clip(announcement.campaign, words.LONGEST_NAME), announcement.cluster
            what = f"Campaign {named} is complete on {cluster}" if named else f"{cluster} is complete"
            headline = f"{what}: {everybody}{proof}."
            verify = f"{SLASH} verify {typed(announcement.cluster)}{words.in_campaign(announcement.campaign)}"
            next_step = f"{verify} counts again."
        case CampaignComplete():
            clusters, named = words.plural(announcement.clusters, "cluster"), announcement.campaign
            what = f"Campaign {kit.clip(named, words.LONGEST_NAME)}" if named else "The campaign"
            headline = f"{what} is complete: {everybody} on {clusters}{proof}."
            report = f"{SLASH} report{words.in_campaign(announcement.campaign)}"
            next_step = f"{report} has the operations log of the day."
    below = f"{words.long_range(announcement.window, announcement.at)}. {next_step}"
    return kit.message(
        f"{headline} {below}", [kit.section(f"{_MARK} *{kit.escape(headline)}*"), kit.context(kit.escape(below))]
    )


def _everybody(customers: int) -> str:
    return "its only customer" if customers == 1 else f"all {customers:,} customers"


def _proof(announcement: Announcement) -> str:
    """``, verified`` if all customers are; ``, 3 of them verified`` if some are; "" if none is."""
    if not announcement.verified:
        return ""
    is_all = announcement.verified == announcement.customers
    return ", verified" if is_all else f", {announcement.verified:,} of them verified"
