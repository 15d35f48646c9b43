"""What ``backfill-bot check`` finds about the routes of alerts, in plain text."""

from bot.blocks.words import plural
from bot.fleet.diagnostics.route_facts import (
    CampaignOfNoFile,
    MentionLack,
    MentionLacks,
    RouteFact,
    RouteRefused,
    RoutesReach,
    RoutesUnknown,
)

_LACKS = {
    MentionLack.UNKNOWN: "Slack does not know it, or it is disabled",
    MentionLack.NO_MEMBERS: "it has no members, so a mention reaches nobody",
    MentionLack.DEACTIVATED: "deactivated, so a mention reaches nobody",
}


def text(fact: RouteFact) -> str:
    """The fact as a line of the report."""
    match fact:
        case RouteRefused(place, why):
            return f"{place}: {why}"
        case MentionLacks(mention, lack):
            kind = "user group" if mention.startswith("S") else "user"
            return f"{kind} {mention}: {_LACKS[lack]}"
        case CampaignOfNoFile(name):
            return f"a route is for the campaign {name}, which backfill.toml does not have; was it opened from Slack?"
        case RoutesReach(channels, mentions):
            reached = f"{plural(channels, 'channel')} besides the team's"
            return f"{reached}, {plural(mentions, 'mention')} of users and user groups"
        case RoutesUnknown(error):
            return f"not known: {error}"
