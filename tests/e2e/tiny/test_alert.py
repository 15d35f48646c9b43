"""One backfill times out again and again: one alert, its thread, and what people do with its buttons."""

import re
from typing import Any

import pytest

from tests.e2e.control import Control, attempts_in
from tests.e2e.processes import eventually
from tests.wording import TIMED_OUT

pytestmark = pytest.mark.timeout(1_200)


def attempt_in(alert: dict[str, Any]) -> int:
    """The attempt that the message of an alert tells."""
    shown = re.search(r" Attempt (\d+) ", alert["text"])
    assert shown is not None
    return int(shown[1])


def test_only_the_backfill_that_is_too_big_alerts_and_its_thread_tells_every_attempt(control: Control) -> None:
    eventually(lambda: control.alerts() and len(attempts_in(control.thread(control.alerts()[0]))) >= 3)
    (alert,) = control.alerts()

    shown = attempts_in(control.thread(alert))
    assert shown == list(range(1, len(shown) + 1))
    assert alert["text"].startswith(f"toobig on alpha {TIMED_OUT}. ")


def test_the_message_of_the_alert_is_edited_as_attempts_go_on(control: Control) -> None:
    (before,) = eventually(control.alerts)

    eventually(lambda: attempt_in(control.alerts()[0]) > attempt_in(before))
    (alert,) = control.alerts()
    assert alert["ts"] == before["ts"]
    assert "edited" in alert


def test_snoozing_by_menu_is_told_in_the_message_and_in_its_thread(control: Control) -> None:
    (alert,) = eventually(control.alerts)

    assert control.choose(alert, "alert.snooze", "for 2 hours")["acked"]
    eventually(lambda: "Snoozed until" in control.alerts()[0]["text"])
    (line,) = eventually(lambda: [line for line in control.thread(alert) if "snoozed" in line])
    assert line.startswith("toobig: snoozed by olivia. Quiet until ")
    heard = [m["text"] for m in control.messages() if m.get("ephemeral_to") == "U00OLIVIA0"]
    assert [text for text in heard if text.startswith("You have snoozed toobig on alpha, until ")]


def test_acknowledging_by_button_is_told_in_the_message_and_in_its_thread(control: Control) -> None:
    (alert,) = eventually(control.alerts)

    assert control.click(alert, "alert.ack")["acked"]
    eventually(lambda: "Acknowledged by olivia." in control.alerts()[0]["text"])
    posted = eventually(lambda: [line for line in control.thread(alert) if "acknowledged by" in line])
    assert posted == ["toobig: acknowledged by olivia. Reminders stop."]
    actions = [e["action_id"] for b in control.alerts()[0]["blocks"] if b["type"] == "actions" for e in b["elements"]]
    assert actions == ["control.split", "control.timeout", "alert.snooze", "alert.open", "control.cancel"]
    assert "acknowledged already, by olivia" in control.ask("/backfill ack toobig")
