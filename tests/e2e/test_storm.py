"""Eight customers of one cluster go silent within two seconds, in whatever passes the bot finds them: one message."""

from pathlib import Path

import pytest

from tests.adapters.store.server import Server
from tests.e2e.processes import SCENARIOS, bot, eventually, sandbox, until

pytestmark = pytest.mark.timeout(1_200)

EIGHT = [f"c{number}" for number in range(1, 9)]


def test_eight_customers_within_two_seconds_share_a_message(tmp_path: Path, store_server: Server | None) -> None:
    with sandbox(SCENARIOS / "storm.toml", tmp_path, store_server, speed=3600) as world, bot(world, tmp_path):
        control = world.control
        until(lambda: sorted(card["text"].split(" on ")[0] for card in control.cards()), EIGHT.__eq__, limit=120)
        (root,) = until(control.alerts, lambda roots: "8 backfills" in roots[0]["text"])

        assert root["text"].startswith("8 backfills on prod timed out on heartbeat ")
        assert "look at the workers first" in root["text"]
        assert all("Acknowledge" in str(card["blocks"]) for card in control.cards())
        control.click(control.alert("c3"), "alert.ack", "noor")
        eventually(lambda: "Acknowledged by noor" in control.alert("c3")["text"])
        assert [card for card in control.cards() if "Acknowledged" in card["text"]] == [control.alert("c3")]
        assert len(control.alerts()) == 1
