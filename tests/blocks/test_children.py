"""Children that time out, in words; and an alert that is about the attempts of one of them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.blocks import children as children_blocks
from bot.blocks.notifications import draw
from bot.fleet.notifications.notification import AttemptsLine, ChildrenLine, EndLine, EpisodeCard, ReminderLine
from bot.model import Child, ChildrenTimingOut, Ending, Window
from tests.blocks.gate import taken_by_slack
from tests.blocks.test_alerts import EPISODE, NOW


def day(number: int, days: int = 1) -> Child:
    start = date(2026, 1, number)
    return Child(f"copy-{number}", Window(start, start + timedelta(days=days)))


TWO = ChildrenTimingOut(2, 51, (day(4), day(9)), shown=day(4))


@pytest.mark.parametrize(
    ("children", "text"),
    [
        (TWO, "2 of 51 open children time out: Jan 4, Jan 9"),
        (ChildrenTimingOut(1, 1, (day(4, 2),)), "1 of 1 open child times out: Jan 4–5"),
        (ChildrenTimingOut(1, 2, (Child("copy-a"),)), "1 of 2 open children times out: copy-a"),
        (
            ChildrenTimingOut(1_200, 2_000, tuple(map(day, range(1, 11)))),
            "1,200 of 2,000 open children time out: Jan 1, Jan 2, Jan 3, Jan 4 and 1,196 more",
        ),
        (ChildrenTimingOut(0, 3), "None of 3 open children times out now"),
        (ChildrenTimingOut(0, 0), "No child is open now"),
    ],
)
def test_how_many_and_which(children: ChildrenTimingOut, text: str) -> None:
    assert children_blocks.time_out(children) == text


def test_an_alert_says_which_child_its_attempt_is_of_and_how_many_time_out() -> None:
    text = draw(EpisodeCard(replace(EPISODE, children=TWO))).text

    assert text.startswith("hilton on voice-prod is struggling: attempt 2 of child Jan 4. ")
    assert " 2 of 51 open children time out: Jan 4, Jan 9. Running since" in text


def test_an_alert_about_its_own_attempts_tells_the_children_beside_them() -> None:
    text = draw(EpisodeCard(replace(EPISODE, children=replace(TWO, shown=None)))).text

    assert text.startswith("hilton on voice-prod is struggling: attempt 2. ")
    assert "2 of 51 open children time out" in text


def test_an_end_tells_no_attempt_of_a_child_as_one_of_its_parent() -> None:
    over = replace(EPISODE, children=TWO, ending=Ending.COMPLETED, ended_at=NOW)
    line = EndLine("hilton", Ending.COMPLETED, 0, NOW, NOW)

    assert "attempt" not in draw(EpisodeCard(over)).text
    assert "attempt" not in draw(line).text


def test_the_thread_names_the_child_in_each_line() -> None:
    attempts = AttemptsLine("hilton", 1, 1, EPISODE.last_failure, "", NOW, 2, child=day(4))
    reminder = ReminderLine("hilton", 2, NOW, after_snooze=False, child=day(4))

    assert draw(attempts).text.startswith("hilton, child Jan 4, attempt 1: heartbeat timeout.")
    assert draw(ChildrenLine("hilton", TWO)).text == f"hilton: {children_blocks.time_out(TWO)}."
    assert "on attempt 2 of child Jan 4, since" in draw(reminder).text


def test_an_id_with_markup_is_shown_as_it_is() -> None:
    odd = replace(TWO, first=(Child("<!channel> *x* &"),), shown=Child("<!channel> *x* &"))
    message = taken_by_slack(draw(EpisodeCard(replace(EPISODE, children=odd))))

    assert "<!channel>" not in str(message.blocks)
