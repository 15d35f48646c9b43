"""A bot that is asked to stop while it acknowledges still answers: the answer is in flight, and waited for."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.response import BoltResponse

from handlers.listeners.buttons import on_click
from handlers.listeners.slash import on_slash
from tests.handlers.bolt import Edge, ResponseUrl, payload


class SlowAck(AsyncAck):
    """An acknowledgement that waits, so that the bot can be asked to stop meanwhile."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.began, self.may_end = asyncio.Event(), asyncio.Event()

    async def __call__(self, *args: Any, **kwargs: Any) -> BoltResponse:
        self.began.set()
        await self.may_end.wait()
        return await super().__call__(*args, **kwargs)


@pytest.mark.parametrize(("listener", "recorded"), [(on_slash, "slash"), (on_click, "button")])
async def test_who_is_acknowledged_as_the_bot_is_asked_to_stop_is_answered(
    edge: Edge, there: ResponseUrl, listener: Any, recorded: str
) -> None:
    ack, body = SlowAck(), payload(recorded)
    listen = partial(listener, edge.world.services, edge.in_flight)
    listening = asyncio.create_task(listen(ack, body, AsyncRespond(response_url=there.url)))
    await ack.began.wait()
    asyncio.get_running_loop().call_soon(ack.may_end.set)
    await edge.in_flight.end(timedelta(seconds=10))

    assert listening.done()
    assert len(there.received) == 1
