"""Mentions of users and user groups in alerts."""

from datetime import UTC, datetime

from bot.blocks.alerts import episode as draw_episode
from bot.blocks.check_facts import text
from bot.blocks.mentions import for_whom
from bot.blocks.notifications import draw
from bot.blocks.storms import storm
from bot.fleet.diagnostics.route_facts import (
    MentionLack,
    MentionLacks,
    RouteFact,
    RouteRefused,
    RoutesReach,
    RoutesUnknown,
)
from bot.fleet.notifications.calls import MentionLine
from bot.fleet.notifications.notification import EpisodeCard, StormCard
from bot.model import Ending, Route
from tests.blocks.gate import taken_by_slack, texts
from tests.fakes.episodes import episode

NOW = datetime(2026, 2, 22, 3, 0, tzinfo=UTC)
ONCALL = Route("C0VOICE", ("S0ONCALL", "U0OLIVIA"))
MENTION = "For <!subteam^S0ONCALL>, <@U0OLIVIA>."


def test_an_open_alert_mentions_whom_its_route_names() -> None:
    message = taken_by_slack(draw_episode(EpisodeCard(episode(route=ONCALL))))

    assert MENTION in "\n".join(texts(message))
    assert "For a user group, U0OLIVIA." in message.text


def test_a_resolved_alert_mentions_nobody() -> None:
    over = episode(route=ONCALL, ending=Ending.COMPLETED, ended_at=NOW)

    assert "<!subteam" not in "\n".join(texts(draw_episode(EpisodeCard(over))))


def test_a_storm_mentions_people_until_it_is_over() -> None:
    names = ("hilton", "vivint")
    opened = StormCard("voice-prod", names, 0, NOW, mention=ONCALL.mention)
    over = StormCard("voice-prod", names, 2, NOW, completed=2, mention=ONCALL.mention)

    assert MENTION in texts(taken_by_slack(storm(opened)))
    assert "<!subteam" not in "\n".join(texts(storm(over)))


def test_nobody_is_mentioned_where_no_route_says_so() -> None:
    assert for_whom(()) is None


def test_check_says_what_is_wrong_with_the_routes() -> None:
    facts: list[RouteFact] = [
        RouteRefused("C0VOICE", "the bot is not in #voice: invite it there"),
        MentionLacks("S0GONE", MentionLack.UNKNOWN),
        MentionLacks("U0DORA", MentionLack.DEACTIVATED),
        RoutesReach(1, 3),
        RoutesUnknown("slack: no answer"),
    ]

    assert [text(fact) for fact in facts] == [
        "C0VOICE: the bot is not in #voice: invite it there",
        "user group S0GONE: Slack does not know it, or it is disabled",
        "user U0DORA: deactivated, so a mention reaches nobody",
        "1 channel besides the team's, 3 mentions of users and user groups",
        "not known: slack: no answer",
    ]


def test_the_line_that_calls_people_says_about_what_since_when_and_why() -> None:
    first = draw(MentionLine("voice-prod", ("hilton",), ONCALL.mention, NOW))
    many = draw(MentionLine("voice-prod", ("hilton", "vivint"), ("S0ONCALL",), NOW))

    assert taken_by_slack(first).text == (
        "hilton on voice-prod still times out on heartbeat, since 2026-02-22 03:00 UTC. "
        "Nobody has acknowledged this. For a user group, U0OLIVIA."
    )
    assert texts(first)[0].endswith(f"Nobody has acknowledged this. {MENTION}")
    assert taken_by_slack(many).text.startswith("2 backfills on voice-prod timed out on heartbeat, the first at ")
