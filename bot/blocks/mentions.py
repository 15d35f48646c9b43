"""Draws mentions of users and user groups. Slack notifies those mentioned when the message is posted."""

from collections.abc import Sequence

from bot.blocks import kit
from bot.blocks.lines import Line


def for_whom(mentioned: Sequence[str]) -> Line | None:
    """``For @data-oncall, @olivia.``; None if nobody is mentioned."""
    if not mentioned:
        return None
    lines = [_mention(each) for each in mentioned]
    plain, mrkdwn = ", ".join(line.plain for line in lines), ", ".join(line.mrkdwn for line in lines)
    return Line(f"For {plain}.", f"For {mrkdwn}.")


def _mention(each: str) -> Line:
    # Slack's plain texts show no names of user groups, and the bot does not ask for them.
    return Line("a user group", f"<!subteam^{kit.escape_code(each)}>") if each.startswith("S") else Line.who(each)
