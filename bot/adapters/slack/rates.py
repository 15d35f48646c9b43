"""The rates at which the bot calls Slack's methods, within the limits that Slack publishes
(https://docs.slack.dev/apis/web-api/rate-limits, docs/slack-facts.md#web-api).

A tier is a number of calls a minute, for one method in one workspace. A bucket that refills at that rate would exceed
the tier in a minute that begins with a burst. So the burst and the refills of one minute together make up the limit.
Slack allows one post a second in each channel, and short bursts of posts. It does not publish how long a burst may
be.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from bot.adapters.slack.token_bucket import Rate

MINUTE = timedelta(minutes=1)


def _tier(calls: int, burst: int) -> Rate:
    """At most ``calls`` in any minute, up to ``burst`` of them at once."""
    return Rate(burst, MINUTE / (calls - burst))


TIER_2 = _tier(20, burst=5)
TIER_3 = _tier(50, burst=5)
TIER_4 = _tier(100, burst=50)
POSTS = Rate(3, timedelta(seconds=1))

# auth.test and chat.getPermalink have no tier, and allow hundreds of calls a minute. A method that is not listed
# counts as Tier 3.
RATES: Mapping[str, Rate] = MappingProxyType(
    {
        "auth.test": TIER_4,
        "chat.getPermalink": TIER_4,
        "chat.postEphemeral": TIER_4,
        "chat.postMessage": POSTS,
        "usergroups.users.list": TIER_2,
        "users.info": TIER_4,
        "views.open": TIER_4,
        "views.publish": TIER_4,
        "views.update": TIER_4,
    }
)
# These methods are limited in each channel; all others in the whole workspace.
IN_EACH_CHANNEL = frozenset({"chat.postMessage"})


def rate_of(method: str) -> Rate:
    """The rate at which the bot may call this method."""
    return RATES.get(method, TIER_3)
