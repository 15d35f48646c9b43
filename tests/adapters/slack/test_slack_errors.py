"""Whatever Slack answers, and whatever happens on the way, leaves the adapter as one of bot.errors."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.adapters.slack import PacedClient, SlackChannel, SlackModals, SlackPeople, slack_client
from bot.adapters.slack.error_codes import (
    ADVICE,
    NEVER,
    NOT_ADMITTED,
    NOT_THERE,
    OF_ONE_REPLY,
    RATE_LIMITED,
    UNKNOWN_OUTCOME,
)
from bot.errors import (
    AccessDenied,
    DependencyError,
    NoAnswer,
    NotFound,
    RateLimited,
    Refused,
    Unavailable,
    UnrecognisedRefusal,
)
from bot.message import Message, View
from bot.model import Address
from bot.wiring import steady_now
from tests.adapters.slack.canned import Answer, Canned, canned_slack

HELLO = Message("hello")
RETRY_AFTER = [
    ("7", 7),
    ("0", 1),
    ("0000000009", 9),
    ("soon", 30),
    ("-3", 30),
    ("²", 30),
    ("86400", 3600),
    ("9" * 5000, 3600),
]


@pytest.fixture
async def canned() -> AsyncIterator[Canned]:
    async with canned_slack() as running:
        yield running


async def _post(client: PacedClient) -> DependencyError:
    with pytest.raises(DependencyError) as caught:
        await SlackChannel(client, "C1").post(HELLO, "key")
    return caught.value


def _refusal(code: str) -> Answer:
    return Answer({"ok": False, "error": code})


@pytest.mark.parametrize("code", sorted(UNKNOWN_OUTCOME))
async def test_a_code_that_may_have_had_an_effect_is_no_refusal(canned: Canned, code: str) -> None:
    canned.on("chat.postMessage", _refusal(code))

    assert type(await _post(canned.client)) is Unavailable


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_error_may_have_had_an_effect(canned: Canned, status: int) -> None:
    canned.on("chat.postMessage", Answer(status=status, text="<html>oops</html>", content_type="text/html"))

    error = await _post(canned.client)

    assert type(error) is (NoAnswer if status == 504 else Unavailable)
    assert str(status) in error.why


@pytest.mark.parametrize(
    "answer",
    [
        Answer(text="{broken", content_type="application/json"),
        Answer(status=502, text="{broken", content_type="application/json"),
        Answer(text="<html>a captive portal</html>", content_type="text/html"),
        Answer(status=503, text="try later", content_type="text/plain"),
    ],
)
async def test_an_answer_that_is_none_of_slacks_may_have_had_an_effect(canned: Canned, answer: Answer) -> None:
    canned.on("chat.postMessage", answer)

    assert type(await _post(canned.client)) is Unavailable


@pytest.mark.parametrize("code", sorted(RATE_LIMITED))
async def test_a_rate_limit_without_a_time_waits_for_a_while(canned: Canned, code: str) -> None:
    canned.on("chat.postMessage", _refusal(code))

    error = await _post(canned.client)

    assert isinstance(error, RateLimited)
    assert error.retry_after == timedelta(seconds=30)


@pytest.mark.parametrize(("header", "seconds"), RETRY_AFTER)
async def test_a_rate_limit_waits_as_long_as_slack_says_and_an_hour_at_most(
    canned: Canned, header: str, seconds: int
) -> None:
    limited = Answer({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": header})
    canned.on("chat.postMessage", limited)

    error = await _post(canned.client)

    assert isinstance(error, RateLimited)
    assert error.retry_after == timedelta(seconds=seconds)


@pytest.mark.parametrize("code", sorted(NOT_THERE))
async def test_what_is_gone_is_not_found(canned: Canned, code: str) -> None:
    canned.on("chat.postMessage", _refusal(code))

    assert isinstance(await _post(canned.client), NotFound)


@pytest.mark.parametrize("code", ["invalid_blocks", "no_text", "a_code_of_next_year", *sorted(ADVICE)])
async def test_a_no_is_a_refusal_that_names_the_code(canned: Canned, code: str) -> None:
    canned.on("chat.postMessage", _refusal(code))

    error = await _post(canned.client)

    assert isinstance(error, Refused)
    assert f"chat.postMessage: {code}" in error.why
    assert ADVICE.get(code, "") in error.why


@pytest.mark.parametrize("code", [*sorted(NOT_ADMITTED), "restricted_action_thread_only_channel"])
async def test_a_bot_that_is_not_let_in_is_told_apart_from_a_bad_message(canned: Canned, code: str) -> None:
    canned.on("chat.postMessage", _refusal(code))

    assert type(await _post(canned.client)) is AccessDenied


@pytest.mark.parametrize(
    "code", ["is_archived", "is_inactive", "message_limit_exceeded", "external_channel_migrating"]
)
async def test_a_channel_that_takes_nothing_now_is_no_fault_of_the_message(canned: Canned, code: str) -> None:
    canned.on("chat.update", _refusal(code))
    with pytest.raises(AccessDenied, match=code):
        await SlackChannel(canned.client, "C1").edit(Address("C1", "1.0"), HELLO, "key")


@pytest.mark.parametrize("code", ["a_code_of_next_year", *sorted(OF_ONE_REPLY)])
async def test_a_refusal_that_nobody_has_told_us_of_or_of_one_thread_may_pass(canned: Canned, code: str) -> None:
    canned.on("chat.postMessage", _refusal(code))

    assert type(await _post(canned.client)) is UnrecognisedRefusal


@pytest.mark.parametrize("answer", [{"ok": True}, {"ok": True, "channel": "C1"}, {"ok": True, "channel": 1, "ts": 2}])
async def test_an_answer_that_names_no_message_leaves_open_whether_there_is_one(canned: Canned, answer: Any) -> None:
    canned.on("chat.postMessage", Answer(answer))

    assert type(await _post(canned.client)) is Unavailable


@pytest.mark.parametrize("code", sorted(NEVER))
async def test_a_message_that_slack_will_never_take_is_a_plain_refusal(canned: Canned, code: str) -> None:
    canned.on("chat.postMessage", _refusal(code))

    assert type(await _post(canned.client)) is Refused


async def test_a_refusal_says_what_exactly_is_invalid(canned: Canned) -> None:
    posted = "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    body = {"ok": False, "error": "invalid_blocks", "response_metadata": {"messages": [posted]}}
    canned.on("chat.postMessage", Answer(body))

    error = await _post(canned.client)

    assert error.why == f"chat.postMessage: invalid_blocks ({posted})"


async def test_a_missing_scope_is_named(canned: Canned) -> None:
    canned.on("chat.postMessage", Answer({"ok": False, "error": "missing_scope", "needed": "chat:write"}))

    error = await _post(canned.client)

    assert "chat:write" in error.why
    assert "install it again" in error.why


async def test_a_bot_that_was_not_invited_hears_how_to_invite_it(canned: Canned) -> None:
    canned.on("chat.postMessage", _refusal("not_in_channel"))

    assert "/invite @backfill" in (await _post(canned.client)).why


async def test_nobody_listening_is_an_outage() -> None:
    error = await _post(slack_client("xoxb-secret-token", "http://127.0.0.1:1/api/", steady_now))

    assert type(error) is Unavailable
    assert "chat.postMessage: no connection" in error.why


async def test_silence_ends_at_the_time_limit() -> None:
    async def never(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await silent.wait()
        writer.close()

    silent = asyncio.Event()
    server = await asyncio.start_server(never, "127.0.0.1", 0)
    client = slack_client(
        "xoxb-secret-token", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/", steady_now
    )
    client.timeout = 1
    try:
        error = await _post(client)
    finally:
        silent.set()
        server.close()
        await server.wait_closed()

    assert type(error) is NoAnswer
    assert error.why == "chat.postMessage: no answer in time"


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_a_post_is_never_tried_again_by_the_client_itself(canned: Canned, status: int) -> None:
    canned.on("chat.postMessage", Answer({"ok": False, "error": "ratelimited"}, status=status))

    await _post(canned.client)

    assert canned.calls == ["chat.postMessage"]


async def test_no_error_shows_the_token(canned: Canned) -> None:
    canned.on("chat.postMessage", _refusal("invalid_auth"))

    error = await _post(canned.client)

    assert "secret" not in str(error)
    assert "SLACK_BOT_TOKEN" in error.why


def test_every_code_means_one_thing_only() -> None:
    groups = [UNKNOWN_OUTCOME, RATE_LIMITED, NOT_THERE, NEVER, NOT_ADMITTED | frozenset(ADVICE)]

    assert sum(len(group) for group in groups) == len(frozenset().union(*groups))


ODD: list[Answer] = [
    Answer(text="x", content_type="text/plain"),
    Answer({"ok": True}),
    Answer({"ok": True, "user": None, "users": None, "view": "odd", "channel": [], "permalink": None, "bot_id": 7}),
]


@pytest.mark.parametrize("answer", ODD, ids=["a text", "nothing else", "other kinds"])
@pytest.mark.parametrize("method", ["users.info", "usergroups.users.list", "views.open", "chat.getPermalink"])
async def test_an_answer_without_what_was_asked_for_is_no_answer(canned: Canned, method: str, answer: Answer) -> None:
    canned.on(method, answer)
    people, address = SlackPeople(canned.client, lambda: datetime.now(UTC)), Address("C1", "1.1")
    view = View(title="Hello", blocks=(), submit="", close="Close", purpose="", memory="")
    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "users.info": lambda: people.person("U1"),
        "usergroups.users.list": lambda: people.members("S1"),
        "views.open": lambda: SlackModals(canned.client, "C1").open("trigger", view),
        "chat.getPermalink": lambda: SlackChannel(canned.client, "C1").permalink(address),
    }

    with pytest.raises(Unavailable, match=method):
        await calls[method]()


@pytest.mark.parametrize("answer", ODD, ids=["a text", "nothing else", "other kinds"])
async def test_a_direct_message_that_no_channel_opens_for_is_no_surprise(canned: Canned, answer: Answer) -> None:
    canned.on("chat.postEphemeral", Answer({"ok": False, "error": "user_not_in_channel"}))
    canned.on("conversations.open", answer)

    with pytest.raises(Unavailable, match=r"conversations\.open"):
        await SlackModals(canned.client, "C1").whisper("U1", Message("hello"))


@pytest.mark.parametrize("answer", ODD, ids=["a text", "nothing else", "other kinds"])
async def test_a_bot_that_does_not_know_its_own_messages_does_not_say_that_none_is_there(
    canned: Canned, answer: Answer
) -> None:
    canned.on("auth.test", answer)

    with pytest.raises(Unavailable, match=r"auth\.test"):
        await SlackChannel(canned.client, "C1").find("key", datetime.now(UTC))


@pytest.mark.parametrize("odd", [None, "x", {"metadata": "x"}, {"metadata": {"event_type": "backfill_bot"}}])
async def test_messages_of_another_shape_are_not_the_bot_s(canned: Canned, odd: Any) -> None:
    odd = {"bot_id": "B1", "ts": "1.1", **odd} if isinstance(odd, dict) else odd
    canned.on("auth.test", Answer({"ok": True, "bot_id": "B1"}))
    canned.on("conversations.history", Answer({"ok": True, "messages": [odd]}))

    assert await SlackChannel(canned.client, "C1").find("key", datetime.now(UTC)) is None
