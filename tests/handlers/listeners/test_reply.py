"""Answers to a response_url, refused, delayed and failed ones included. Nothing is raised."""

from slack_bolt.context.respond.async_respond import AsyncRespond
from structlog.testing import capture_logs

from bot.blocks import kit
from bot.errors import Unavailable
from bot.fleet.name_lookup import UnknownName
from bot.fleet.refusals.declined import Declined
from bot.message import Message
from handlers.listeners.reply import TRIES, Visibility, reply
from tests.handlers.bolt import ResponseUrl

ANSWER = kit.message("89 of 95 complete", [kit.section("*89 of 95* complete")])


async def answer() -> Message:
    return ANSWER


async def test_an_answer_goes_to_whom_it_is_for(there: ResponseUrl) -> None:
    await reply(AsyncRespond(response_url=there.url), Visibility.CHANNEL, answer)

    (sent,) = there.received
    assert (sent["response_type"], sent["text"]) == ("in_channel", "89 of 95 complete")
    assert sent["blocks"] == list(ANSWER.blocks)


async def test_blocks_that_slack_refuses_are_followed_by_the_plain_text(there: ResponseUrl) -> None:
    there.statuses.append(400)

    with capture_logs() as logs:
        await reply(AsyncRespond(response_url=there.url), Visibility.CHANNEL, answer)

    assert [("blocks" in sent, sent["text"]) for sent in there.received] == [
        (True, "89 of 95 complete"),
        (False, "89 of 95 complete"),
    ]
    assert [line["event"] for line in logs] == ["answer refused"]


async def test_a_busy_slack_is_asked_again(there: ResponseUrl) -> None:
    there.statuses.extend([429, 503])

    await reply(AsyncRespond(response_url=there.url), Visibility.ASKER, answer)

    assert len(there.received) == TRIES


async def test_patience_ends_and_the_log_says_so(there: ResponseUrl) -> None:
    there.statuses.extend([503] * 10)

    with capture_logs() as logs:
        await reply(AsyncRespond(response_url=there.url), Visibility.ASKER, answer)

    assert len(there.received) == TRIES
    assert logs[-1]["event"] == "answer lost"


async def test_an_expired_response_url_is_logged(there: ResponseUrl) -> None:
    there.statuses.extend([404, 404])

    with capture_logs() as logs:
        await reply(AsyncRespond(response_url=there.url), Visibility.ASKER, answer)

    assert logs[-1] == {"event": "answer lost", "status": 404, "log_level": "error"}


async def test_nothing_listening_or_no_response_url_is_logged_and_not_raised() -> None:
    for url in ("http://127.0.0.1:1/", None):
        with capture_logs() as logs:
            await reply(AsyncRespond(response_url=url), Visibility.ASKER, answer)

        assert logs[-1]["event"] == "answer lost"


async def test_a_known_failure_is_told_to_the_asker_alone(there: ResponseUrl) -> None:
    async def silent() -> Message:
        raise Unavailable("Temporal voice-prod", "timed out")

    await reply(AsyncRespond(response_url=there.url), Visibility.CHANNEL, silent)

    (sent,) = there.received
    assert sent["response_type"] == "ephemeral"
    assert sent["text"].startswith("Temporal voice-prod did not answer: timed out.")


async def test_why_something_was_declined_is_in_the_log_as_the_asker_reads_it(there: ResponseUrl) -> None:
    async def decline() -> Message:
        raise Declined(UnknownName("hiltn", "", ("hilton",)))

    with capture_logs() as logs:
        await reply(AsyncRespond(response_url=there.url), Visibility.CHANNEL, decline)

    (line,) = logs
    assert (line["event"], line["error"], line["why"]) == ("not answered", "Declined", there.received[0]["text"])


async def test_a_fault_of_the_bot_gives_a_reference_that_the_log_has_too(there: ResponseUrl) -> None:
    async def broken() -> Message:
        raise KeyError("password=hunter2")

    with capture_logs() as logs:
        await reply(AsyncRespond(response_url=there.url), Visibility.CHANNEL, broken)

    (sent,) = there.received
    assert logs[0]["event"] == "answer failed"
    assert logs[0]["reference"] in sent["text"]
    assert sent["response_type"] == "ephemeral"
    assert "hunter2" not in str(sent)
    assert "Traceback" not in str(sent)


async def test_an_answer_that_cannot_be_put_on_the_wire_is_a_fault_of_the_bot(there: ResponseUrl) -> None:
    async def not_json() -> Message:
        return Message("text", ({"type": "section", "text": object()},))

    await reply(AsyncRespond(response_url=there.url), Visibility.CHANNEL, not_json)

    (sent,) = there.received
    assert "Something went wrong inside the bot" in sent["text"]


async def test_what_the_response_url_does_not_take_goes_to_the_asker_another_way(there: ResponseUrl) -> None:
    shown: list[Message] = []

    async def instead(message: Message) -> None:
        shown.append(message)

    there.statuses.extend([404, 404])
    await reply(AsyncRespond(response_url=there.url), Visibility.CHANNEL, answer, instead)
    await reply(AsyncRespond(response_url=None), Visibility.CHANNEL, answer, instead)
    await reply(AsyncRespond(response_url=there.url), Visibility.CHANNEL, answer, instead)

    assert shown == [ANSWER, ANSWER]


async def test_a_drawing_that_slack_refuses_goes_no_other_way_either(there: ResponseUrl) -> None:
    shown: list[Message] = []

    async def instead(message: Message) -> None:
        shown.append(message)

    there.statuses.extend([400, 404])
    await reply(AsyncRespond(response_url=there.url), Visibility.CHANNEL, answer, instead)

    assert shown == [Message(ANSWER.text)]
