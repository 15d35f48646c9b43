"""Pictures in messages: what their alternative texts tell, and where they are."""

from datetime import UTC, date, datetime, timedelta

from bot.blocks import pictures
from bot.blocks.notifications import draw
from bot.fleet.notifications.notification import EpisodeCard
from bot.fleet.notifications.sequence import SequenceCard
from bot.fleet.verification.verdict import CustomerVerdict, judge
from bot.message import Message, Picture
from bot.model import AttemptProgress, DayCount, Ending, ExpectedDay, ProgressChart, ProgressPoint, Window
from tests.blocks.gate import taken_by_slack
from tests.fakes.episodes import episode
from tests.fleet.sequences import progress

ATTEMPTS = (AttemptProgress(1, "day 2026-01-04, 3,619 of 61,500 rows"), AttemptProgress(2, ""))


def picture_of(message: Message) -> Picture:
    assert message.picture is not None
    return message.picture


def test_the_picture_of_an_alert_tells_in_its_alternative_text_how_far_each_attempt_came() -> None:
    picture = picture_of(draw(EpisodeCard(episode(attempts=ATTEMPTS))))

    assert picture.alt_text == (
        "How far each attempt of hilton on voice-prod got, of 61,500 rows: "
        "attempt 1 reached Jan 4 (5%, 3,619 rows) and attempt 2 was not seen."
    )


def test_alerts_that_have_ended_or_know_no_attempts_have_no_picture() -> None:
    over = episode(attempts=ATTEMPTS, ending=Ending.COMPLETED, ended_at=episode().opened_at)

    assert draw(EpisodeCard(episode())).picture is None
    assert draw(EpisodeCard(over)).picture is None


def test_an_open_sequence_shows_a_calendar_on_its_own_message_and_on_the_alert_that_it_has_taken_over() -> None:
    first = Window(date(2026, 1, 1), date(2026, 1, 11))
    shown = progress(to_come=(Window(first.end, date(2026, 2, 21)),))
    pictured = [draw(SequenceCard(shown)), draw(EpisodeCard(episode(sequence=shown)))]

    assert [picture_of(message).alt_text for message in pictured] == [
        "Calendar of hilton on voice-prod, 51 days: 10 complete and 41 missing."
    ] * 2


def test_a_picture_goes_below_everything_else_so_that_no_button_moves() -> None:
    alert = draw(EpisodeCard(episode(attempts=ATTEMPTS)))
    shown = taken_by_slack(pictures.with_image(alert, picture_of(alert), "F0PICTURE"))

    assert shown.blocks[:-1] == alert.blocks
    assert (shown.blocks[-1]["type"], shown.blocks[-1]["slack_file"]) == ("image", {"id": "F0PICTURE"})


def test_a_message_without_room_for_a_picture_stays_as_it_is() -> None:
    full = Message("full", blocks=({"type": "divider"},) * 50)

    assert pictures.with_image(full, picture_of(draw(EpisodeCard(episode(attempts=ATTEMPTS)))), "F1") == full


def test_secrets_in_names_are_in_neither_the_picture_nor_its_text() -> None:
    token = "xoxb-" + "1234567890-" * 3 + "abcdefghijklmnop"
    picture = picture_of(draw(EpisodeCard(episode(f"hilton {token}", attempts=ATTEMPTS))))

    assert token not in f"{picture.chart}{pictures.image(picture, 'F1')}"


def test_the_picture_of_a_count_tells_in_its_alternative_text_on_how_many_days_something_differs() -> None:
    first, second, third = (date(2026, 1, day) for day in (1, 2, 3))
    counts = {first: DayCount(raw=10_248, final=10_000)}
    expected = {first: ExpectedDay(rows=10_000), second: ExpectedDay(rows=3_952), third: ExpectedDay(rows=48)}
    table = judge("scorecards", Window.of_days(first, 51), counts, expected)
    table = table.while_filled([Window.of_days(third, 1)])
    picture = pictures.counts(CustomerVerdict("voice-prod", "hilton", (table,)))

    assert picture is not None
    assert picture.alt_text == (
        "Rows of hilton on voice-prod by day, expected and actual: scorecards has 10,000 of 14,000 rows, "
        "1 day with missing rows, 1 day with rows still to come and 1 day with duplicates of 51 days."
    )


def test_the_picture_of_progress_tells_in_its_alternative_text_what_is_done_and_when_the_rest_may_be() -> None:
    at = datetime(2026, 2, 22, 9, tzinfo=UTC)
    points = (ProgressPoint(at - timedelta(days=1), 0), ProgressPoint(at, 4_167))
    whole = Window(date(2026, 1, 1), date(2026, 2, 21))
    chart = ProgressChart(whole, 95, 4_845, at, points, 4_845, at + timedelta(hours=3), at + timedelta(hours=4))
    picture = pictures.progress(chart)

    assert picture is not None
    assert picture.alt_text == (
        "Progress on Jan 1–Feb 20 (51 days) for 95 customers: 86% of 4,845 days complete at 2026-02-22 09:00 UTC, "
        "since 2026-02-21 09:00 UTC. The work under way brings it to 100% between 2026-02-22 12:00 UTC and "
        "2026-02-22 13:00 UTC."
    )
