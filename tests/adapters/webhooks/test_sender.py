"""Webhooks over real sockets: what is sent, and what each kind of answer means."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.webhooks import HttpWebhooks, Webhook
from bot.adapters.webhooks.bodies import filled, pagerduty_event
from bot.errors import DependencyError, RateLimited, Refused, Unavailable
from bot.model import PageAction, PageCall
from bot.ports import Webhooks
from tests.adapters.webhooks.receiver import Receiver
from tests.fakes.webhooks import FakeWebhooks

CALL = PageCall(
    key="page:1:escalate:1:2",
    action=PageAction.TRIGGER,
    summary='hilton "on" voice-prod is struggling',
    cluster="voice-prod",
    names=("hilton", "vivint"),
    reason="heartbeat timeout",
    since=datetime(2026, 2, 22, 3, 0, tzinfo=UTC),
    link="https://temporal.test/1",
    thread="https://slack.test/1",
)
TEMPLATE = '{"text": "{summary} ({names})", "meta": {"key": "{dedup_key}", "state": ["{action}", 1, null]}}'


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver().serving() as serving:
        yield serving


@pytest.fixture
def webhooks(receiver: Receiver) -> HttpWebhooks:
    pagerduty = Webhook(receiver.url, routing_key="marked-routing-key")
    return HttpWebhooks({"pagerduty": pagerduty, "chat": Webhook(receiver.url, TEMPLATE)})


@pytest.fixture(params=["fake", "http"])
def port(request: pytest.FixtureRequest) -> Webhooks:
    """Both implementations of the port."""
    made: Webhooks = FakeWebhooks() if request.param == "fake" else request.getfixturevalue("webhooks")
    return made


async def test_a_call_that_is_taken_returns(port: Webhooks) -> None:
    await port.send("pagerduty", CALL)


async def test_a_webhook_that_is_not_configured_refuses(port: Webhooks) -> None:
    with pytest.raises(Refused, match=r"there is no \[webhooks.gone\]"):
        await port.send("gone", CALL)


async def test_pagerduty_gets_an_event_with_one_key_for_all_actions(
    webhooks: HttpWebhooks, receiver: Receiver
) -> None:
    for action in PageAction:
        await webhooks.send("pagerduty", replace(CALL, action=action))

    trigger, acknowledge, resolve = receiver.bodies
    assert trigger["payload"] == {
        "summary": CALL.summary,
        "source": "voice-prod",
        "severity": "critical",
        "timestamp": "2026-02-22T03:00:00+00:00",
        "class": "heartbeat timeout",
        "custom_details": {"backfills": ["hilton", "vivint"]},
    }
    assert [link["href"] for link in trigger["links"]] == [CALL.link, CALL.thread]
    assert acknowledge == {
        "routing_key": "marked-routing-key",
        "event_action": "acknowledge",
        "dedup_key": CALL.key,
    }
    assert (resolve["event_action"], resolve["dedup_key"]) == ("resolve", CALL.key)
    assert receiver.keys == [f"{CALL.key}:{action}" for action in PageAction]


async def test_a_template_is_filled_in(webhooks: HttpWebhooks, receiver: Receiver) -> None:
    await webhooks.send("chat", CALL)

    assert receiver.bodies == [
        {
            "text": 'hilton "on" voice-prod is struggling (hilton, vivint)',
            "meta": {"key": CALL.key, "state": ["trigger", 1, None]},
        }
    ]


@given(st.text())
def test_whatever_a_value_contains_it_stays_text(value: str) -> None:
    call = replace(CALL, summary=value, names=(value,))
    sent: dict[str, Any] = json.loads(json.dumps(filled(TEMPLATE, call)))

    assert sent == {"text": f"{value} ({value})", "meta": {"key": CALL.key, "state": ["trigger", 1, None]}}


def test_pagerduty_gets_no_more_than_it_takes() -> None:
    event = pagerduty_event(replace(CALL, key="k" * 300, summary="s" * 2_000), "key")

    assert (len(event["dedup_key"]), len(event["payload"]["summary"])) == (255, 1_024)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (408, Unavailable),
        (429, RateLimited),
        (500, Unavailable),
        (503, Unavailable),
        (None, Unavailable),
        (400, Refused),
        (404, Refused),
    ],
)
async def test_some_answers_are_worth_another_try_and_others_are_not(
    webhooks: HttpWebhooks, receiver: Receiver, status: int | None, error: type[DependencyError]
) -> None:
    receiver.answers = [status]
    with pytest.raises(error) as caught:
        await webhooks.send("chat", CALL)

    assert type(caught.value) is error


async def test_a_rate_limit_says_how_long_to_wait(webhooks: HttpWebhooks, receiver: Receiver) -> None:
    receiver.answers, receiver.more_headers = [429], {"Retry-After": "90"}
    with pytest.raises(RateLimited) as caught:
        await webhooks.send("chat", CALL)

    assert caught.value.retry_after == timedelta(seconds=90)


async def test_a_redirect_is_not_followed(webhooks: HttpWebhooks, receiver: Receiver) -> None:
    receiver.answers, receiver.more_headers = [307], {"Location": receiver.url}
    with pytest.raises(Refused, match="redirects are not followed"):
        await webhooks.send("chat", CALL)

    assert len(receiver.bodies) == 1


async def test_a_reply_is_cut_and_secrets_in_it_are_hidden(webhooks: HttpWebhooks, receiver: Receiver) -> None:
    receiver.answers, receiver.body = [400, 400], f"no such key marked-routing-key at {receiver.url} " + "x" * 100_000
    for name in ("pagerduty", "chat"):
        with pytest.raises(Refused) as caught:
            await webhooks.send(name, CALL)

        assert caught.value.why.startswith("HTTP status 400: no such key")
        assert "marked" not in caught.value.why.replace("marked-routing-key" if name == "chat" else "", "")
        assert len(caught.value.why) < 300


async def test_nobody_listening_is_told_without_the_url() -> None:
    webhooks = HttpWebhooks({"chat": Webhook("http://127.0.0.1:1/marked-secret", TEMPLATE)})
    with pytest.raises(Unavailable) as caught:
        await webhooks.send("chat", CALL)

    assert str(caught.value).startswith("Webhook chat: no connection")
    assert "marked" not in str(caught.value)
