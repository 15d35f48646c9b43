"""The answer to an acknowledgement."""

from bot.blocks.ack import render
from bot.fleet.alerts.lookup import AckResult
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
