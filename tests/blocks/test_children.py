"""Children in trouble, in words; and an alert that is about the attempts of one of them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.blocks import children as children_blocks
from bot.blocks.notifications import draw
from bot.blocks.open_run import how
from bot.fleet.notifications.notification import AttemptsLine, ChildrenLine, EndLine, EpisodeCard, ReminderLine
from bot.fleet.runs.children_health import ChildrenHealth
from bot.model import AlertFacts, AlertReason, Child, Ending, Health, TroubledChildren, Window
from tests.blocks.gate import taken_by_slack
from tests.blocks.test_alerts import EPISODE, NOW
from tests.fleet.builders import CAMPAIGN, activity, execution, run
from tests.fleet.builders import TIMED_OUT as TIMEOUT
from tests.wording import TIMED_OUT


def day(number: int, days: int = 1) -> Child:
    start = date(2026, 1, number)
    return Child(f"copy-{number}", Window(start, start + timedelta(days=days)))


TWO = TroubledChildren(2, 51, (day(4), day(9)), shown=day(4))


def troubled(number: int, reason: AlertReason) -> TroubledChildren:
    return replace(TWO, number=number, first=TWO.first[:number], reason=reason)


@pytest.mark.parametrize(
    ("children", "text"),
    [
        (TWO, "2 of 51 open children time out: Jan 4, Jan 9"),
        (TroubledChildren(1, 1, (day(4, 2),)), "1 of 1 open child times out: Jan 4–5"),
        (TroubledChildren(1, 2, (Child("copy-a"),)), "1 of 2 open children times out: copy-a"),
        (
            TroubledChildren(1_200, 2_000, tuple(map(day, range(1, 11)))),
            "1,200 of 2,000 open children time out: Jan 1, Jan 2, Jan 3, Jan 4 and 1,196 more",
        ),
        (troubled(1, AlertReason.BLOCKED), "1 of 51 open children is blocked: Jan 4"),
        (troubled(2, AlertReason.STALLED), "2 of 51 open children are stalled: Jan 4, Jan 9"),
        (troubled(2, AlertReason.NO_WORKER), "2 of 51 open children wait for a worker: Jan 4, Jan 9"),
        (troubled(1, AlertReason.RETRYING), "1 of 51 open children keeps failing: Jan 4"),
        (TroubledChildren(0, 3), "None of 3 open children times out now"),
        (TroubledChildren(0, 0), "No child is open now"),
    ],
)
def test_how_many_and_which(children: TroubledChildren, text: str) -> None:
    assert children_blocks.in_trouble(children) == text


@pytest.mark.parametrize(
    ("children", "sentences"),
    [
        (ChildrenHealth(Health.HEALTHY, 5, 5), []),
        (ChildrenHealth(Health.STRUGGLING, 1, 5, (day(4),)), ["1 of 5 open children times out: Jan 4"]),
        (ChildrenHealth(Health.STALLED, 2, 5, (day(4), day(9))), ["2 of 5 open children are stalled: Jan 4, Jan 9"]),
        (
            ChildrenHealth(Health.HEALTHY, 5, 5, unseen=3, unseen_for=timedelta(minutes=14)),
            ["3 of 5 open children were not looked at now, but up to 14 m ago: only their recorded timeouts count"],
        ),
        (
            ChildrenHealth(Health.HEALTHY, 5, 5, unseen=1, unseen_for=timedelta(minutes=14)),
            ["1 of 5 open children was not looked at now, but 14 m ago: only recorded timeouts of it count"],
        ),
        (
            ChildrenHealth(Health.HEALTHY, 5, 5, unseen=3, never_seen=2, unseen_for=timedelta(minutes=14)),
            [
                "3 of 5 open children were not looked at now, but up to 14 m ago, and 2 of them never since this bot "
                "started: only their recorded timeouts count"
            ],
        ),
        (
            ChildrenHealth(Health.HEALTHY, 5, 5, unseen=3, never_seen=3),
            ["3 of 5 open children were never looked at since this bot started: only their recorded timeouts count"],
        ),
    ],
)
def test_how_the_children_of_a_run_do(children: ChildrenHealth, sentences: list[str]) -> None:
    assert children_blocks.how_they_do(children) == sentences


def test_the_health_of_a_run_says_which_child_it_is_that_of() -> None:
    parent = run(execution(), CAMPAIGN)
    own = run(execution(), CAMPAIGN, activity(attempt=2, last_failure=TIMEOUT)).health
    assert own
    health = ChildrenHealth(Health.STRUGGLING, 2, 5, (day(4), day(9)))
    text = how(replace(parent, health=replace(own, child=day(4)), children=health), NOW)

    assert text.startswith("Attempt 2 of child Jan 4, struggling, running for ")
    assert ". Timed out on heartbeat. 2 of 5 open children time out: Jan 4, Jan 9. At Jan 7 (21%" in text


def test_an_alert_says_which_child_its_attempt_is_of_and_how_many_time_out() -> None:
    text = draw(EpisodeCard(replace(EPISODE, children=TWO))).text

    assert text.startswith(f"hilton on voice-prod {TIMED_OUT}. Attempt 2 of child Jan 4 is at Jan 13 ")
    assert " 2 of 51 open children time out: Jan 4, Jan 9." in text


def test_an_alert_about_a_stalled_child_says_which_it_is() -> None:
    alert = replace(
        EPISODE,
        alert_reason=AlertReason.STALLED,
        health=Health.STALLED,
        last_failure=None,
        facts=AlertFacts(since=NOW),
        children=troubled(1, AlertReason.STALLED),
    )
    text = draw(EpisodeCard(alert)).text

    assert text.startswith("hilton on voice-prod is stalled, in child Jan 4. ")
    assert "has made no progress since " in text
    assert " 1 of 51 open children is stalled: Jan 4." in text


def test_an_alert_about_its_own_attempts_tells_the_children_beside_them() -> None:
    text = draw(EpisodeCard(replace(EPISODE, children=replace(TWO, shown=None)))).text

    assert text.startswith(f"hilton on voice-prod {TIMED_OUT}. Attempt 2 is at ")
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
    assert draw(ChildrenLine("hilton", TWO)).text == f"hilton: {children_blocks.in_trouble(TWO)}."
    assert "on attempt 2 of child Jan 4, since" in draw(reminder).text


def test_an_id_with_markup_is_shown_as_it_is() -> None:
    odd = replace(TWO, first=(Child("<!channel> *x* &"),), shown=Child("<!channel> *x* &"))
    message = taken_by_slack(draw(EpisodeCard(replace(EPISODE, children=odd))))

    assert "<!channel>" not in str(message.blocks)
