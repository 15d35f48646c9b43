"""Events: delivered until acknowledged, and not for ever."""

from __future__ import annotations

from local_slack import LocalSlack
from tests.local_slack.conftest import without_ack
from tests.local_slack.harness import Control, open_url


@without_ack
async def test_an_unacked_event_comes_again_three_times_under_one_id(slack: LocalSlack, control: Control) -> None:
    async with control.http.ws_connect(await open_url(slack)) as socket:
        await socket.receive_json()
        event = {"type": "app_home_opened", "user": slack.users["olivia"], "tab": "home"}
        _, sent = await control.post("event", {"event": event})
        envelopes = [await socket.receive_json() for _ in range(4)]

    assert [e["retry_attempt"] for e in envelopes] == [0, 1, 2, 3]
    assert [e["retry_reason"] for e in envelopes] == ["", "timeout", "timeout", "timeout"]
    assert {e["payload"]["event_id"] for e in envelopes} == {sent["payload"]["event_id"]}
    assert {e["accepts_response_payload"] for e in envelopes} == {False}


@without_ack
async def test_an_acked_event_comes_once_while_a_later_one_that_is_not_comes_again(
    slack: LocalSlack, control: Control
) -> None:
    event = {"type": "app_home_opened", "user": "U1", "tab": "home"}
    async with control.http.ws_connect(await open_url(slack)) as socket:
        await socket.receive_json()
        await control.post("event", {"event": event})
        acked = await socket.receive_json()
        await socket.send_json({"envelope_id": acked["envelope_id"]})
        _, later = await control.post("event", {"event": event})
        envelopes = [await socket.receive_json() for _ in range(4)]

    assert {envelope["payload"]["event_id"] for envelope in envelopes} == {later["payload"]["event_id"]}
