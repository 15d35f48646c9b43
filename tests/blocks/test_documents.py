"""What an answer says about its file."""

from bot.blocks import documents
from bot.errors import Refused
from bot.message import Message
from tests.blocks.gate import taken_by_slack

ANSWER = Message("89 of 95", ({"type": "section", "text": {"type": "mrkdwn", "text": "89 of 95"}},))


def test_an_answer_says_where_its_private_file_is() -> None:
    message = taken_by_slack(documents.with_private_file(ANSWER))

    assert message.text == "89 of 95\nThe file is in your direct messages from me."
    assert len(message.blocks) == 2


def test_an_answer_leads_to_the_thread_that_has_its_file() -> None:
    link = "https://slack.test/archives/C1/p1"
    message = taken_by_slack(documents.with_file_in_thread(ANSWER, link))

    assert message.text == "89 of 95\nThe file is in the thread of that day's digest."
    assert f"<{link}|the thread of that day's digest>" in str(message.blocks)
    assert documents.with_file_in_thread(ANSWER, "").text == message.text


def test_an_answer_says_why_its_file_could_not_be_sent() -> None:
    problem = Refused("slack", "files.completeUploadExternal: missing_scope (needed: files:write)")

    assert taken_by_slack(documents.without_file(ANSWER, problem)).text.endswith(
        "The file could not be sent: files.completeUploadExternal: missing_scope (needed: files:write)."
    )
