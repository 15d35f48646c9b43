"""Events: delivered until acknowledged, and not for ever."""

from __future__ import annotations

import asyncio
from typing import Any

from local_slack import LocalSlack
from tests.local_slack.harness import (
    Control,
    connected,
    eventually,
    open_url,
)


async def test_an_unacked_event_comes_again_three_times_under_one_id(slack: LocalSlack, control: Control) -> None:
    async with control.http.ws_connect(await open_url(slack)) as socket:
        await socket.receive_json()
        event = {"type": "app_home_opened", "user": slack.users["olivia"], "tab": "home"}
        _, sent = await control.post("event", {"event": event})
        envelopes = [await socket.receive_json(timeout=3) for _ in range(4)]

    assert [e["retry_attempt"] for e in envelopes] == [0, 1, 2, 3]
    assert [e["retry_reason"] for e in envelopes] == ["", "timeout", "timeout", "timeout"]
    assert {e["payload"]["event_id"] for e in envelopes} == {sent["payload"]["event_id"]}
    assert {e["accepts_response_payload"] for e in envelopes} == {False}


async def test_an_acked_event_comes_once(slack: LocalSlack, control: Control) -> None:
    tabs = list[str]()
    async with connected(slack) as app:

        @app.event("app_home_opened")
        async def opened(event: Any) -> None:
            tabs.append(event["tab"])

        await control.post("event", {"event": {"type": "app_home_opened", "user": "U1", "tab": "home"}})

        async def delivered() -> bool:
            found = (await control.get("deliveries"))["deliveries"]
            return bool(found and found[0]["acked"])

        await eventually(delivered)
        # Longer than the retry would take.
        await asyncio.sleep(1)

    assert tabs == ["home"]
    assert len((await control.get("deliveries"))["deliveries"]) == 1
