"""A moment in a sentence is shown in the zone of whoever reads it, but text from outside stays as it is."""

import pytest

from bot.blocks import digest, errors, kit
from bot.blocks.dates import in_readers_zone
from bot.blocks.notifications import draw
from bot.fleet.notifications.notification import DigestCard, ReminderLine
from bot.fleet.refusals.declined import ActionBlocked
from bot.fleet.refusals.sequences import OpenSequence, SequenceEnding
from bot.message import Message
from tests.blocks.gate import taken_by_slack
from tests.blocks.test_digest import QUIET
from tests.fleet.builders import NOW
from tests.fleet.sequences import standing

TOKEN = "<!date^1771750800^{date_short_pretty} {time}|2026-02-22 09:00 UTC>"


def test_moments_of_a_sentence_become_those_of_the_reader() -> None:
    sentence = "hilton stopped at 2026-02-22 09:00 UTC, since 2026-02-22 09:00 UTC."

    assert in_readers_zone(sentence) == f"hilton stopped at {TOKEN}, since {TOKEN}."


@pytest.mark.parametrize(
    "mrkdwn",
    [
        f"Started {TOKEN}.",
        "`run-2026-02-22 09:00 UTC`",
        "<https://temporal.test/?at=2026-02-22 09:00 UTC|Temporal>",
        "at 2026-13-45 09:61 UTC",
        "2026-02-22 09:00:12 UTC",
        "2026-02-22 09:00",
    ],
)
def test_tokens_code_links_and_what_is_no_moment_stay(mrkdwn: str) -> None:
    assert in_readers_zone(mrkdwn) == mrkdwn


def test_a_section_of_many_moments_is_cut_at_no_token() -> None:
    (*_, last) = kit.sections(["at 2026-02-22 09:00 UTC"] * 60)

    assert last.to_dict()["text"]["text"].endswith(TOKEN)


@pytest.mark.parametrize(
    "message",
    [
        draw(ReminderLine("hilton", 2, NOW, after_snooze=False)),
        digest.card(DigestCard(QUIET)),
        errors.render(ActionBlocked(SequenceEnding(OpenSequence(standing(), "Olivia")))),
    ],
)
def test_messages_have_times_in_the_reader_s_zone_and_their_plain_text_in_utc(message: Message) -> None:
    assert " UTC" in taken_by_slack(message).text
    assert "<!date^" in str(message.blocks)
