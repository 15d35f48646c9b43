"""The answer to an acknowledgement."""

import pytest

from bot.blocks.ack import render
from bot.blocks.notifications import draw
from bot.fleet.alerts.lookup import AckResult, ClusterAckResult
from bot.fleet.notifications.notification import AckLine, SnoozeLine
from tests.blocks.gate import taken_by_slack
from tests.fakes.episodes import episode


def test_news_is_confirmed() -> None:
    assert render(AckResult(episode())).text == "You have acknowledged hilton on voice-prod. Its reminders stop."


def test_an_alert_that_is_taken_says_by_whom() -> None:
    message = render(AckResult(episode(), already_by="U0OSCAR"))

    assert message.text == "hilton on voice-prod was acknowledged already, by U0OSCAR."
    assert "by <@U0OSCAR>." in str(message.blocks)


def test_a_name_that_would_ping_is_shown_literally() -> None:
    message = render(AckResult(episode("<!channel> *b*")))

    assert "<!channel>" not in message.text + str(message.blocks)
    assert "&lt;!channel&gt;" in message.text


@pytest.mark.parametrize(
    ("acked", "already", "text"),
    [
        (4, 0, "You have acknowledged 4 alerts on voice-prod. Their reminders stop."),
        (1, 0, "You have acknowledged 1 alert on voice-prod. Its reminders stop."),
        (4, 2, "You have acknowledged 4 alerts on voice-prod. Their reminders stop. 2 were acknowledged before."),
        (0, 1, "The only open alert on voice-prod was acknowledged already."),
        (0, 3, "All 3 open alerts on voice-prod were acknowledged already."),
    ],
)
def test_all_of_a_cluster_are_counted(acked: int, already: int, text: str) -> None:
    assert taken_by_slack(render(ClusterAckResult("voice-prod", acked, already))).text == text


@pytest.mark.parametrize(("others", "who"), [(0, "hilton"), (1, "hilton and 1 other"), (7, "hilton and 7 others")])
def test_the_thread_of_a_group_is_told_in_one_line(others: int, who: str) -> None:
    acknowledged = draw(AckLine("hilton", "U0OLIVIA", others)).text
    snoozed = draw(SnoozeLine("hilton", "U0OLIVIA", None, others)).text

    assert acknowledged == f"{who}: acknowledged by U0OLIVIA. Reminders stop."
    assert snoozed == f"{who}: snoozed by U0OLIVIA. Quiet until it changes."
