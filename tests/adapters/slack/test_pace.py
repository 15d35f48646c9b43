"""The pace: who shares a limit at Slack shares a bucket, and nobody else."""

from datetime import timedelta

from bot.adapters.slack.pace import Pace
from bot.adapters.slack.rates import POSTS
from tests.fakes.services import NOW

POST, EDIT = "chat.postMessage", "chat.update"
SECOND = timedelta(seconds=1)


def _pace() -> Pace:
    return Pace(lambda: NOW)


def test_posts_in_one_channel_wait_for_each_other() -> None:
    pace = _pace()
    waits = [pace.take(POST, "C1") for _ in range(POSTS.burst + 2)]

    assert waits[POSTS.burst :] == [SECOND, 2 * SECOND]


def test_posts_in_two_channels_do_not() -> None:
    pace = _pace()
    for _ in range(POSTS.burst):
        pace.take(POST, "C1")

    assert pace.wait(POST, "C1") > timedelta(0)
    assert pace.wait(POST, "D1") == timedelta(0)


def test_edits_wait_for_each_other_in_all_channels_and_for_no_post() -> None:
    pace = _pace()
    for _ in range(20):
        pace.take(POST, "C1")
    before = pace.wait(EDIT, "C1")
    for _ in range(20):
        pace.take(EDIT, "C1")

    assert before == timedelta(0)
    assert pace.wait(EDIT, "C2") > SECOND


def test_what_slack_refused_waits_as_long_as_slack_asks_and_other_methods_go_on() -> None:
    pace = _pace()
    pace.block(EDIT, "C1", 30 * SECOND)

    assert pace.wait(EDIT, "C2") == 30 * SECOND
    assert pace.wait(POST, "C1") == timedelta(0)
