"""Which reasons open alerts, for the whole fleet and for one cluster."""

from datetime import timedelta
from typing import Any

import pytest

from bot.config import Config
from bot.config.alerts import ReasonAlerts
from bot.model import AlertReason
from tests.fakes.services import config

EVERY = frozenset(AlertReason)


def configured(own: dict[str, Any] | None = None, **alerts: Any) -> Config:
    raw = config({"voice-prod": ("hilton",), "chat-prod": ()}, alerts=alerts).model_dump(exclude_unset=True)
    raw["clusters"]["chat-prod"]["alerts"] = own or {}
    return Config.model_validate(raw)


def test_every_reason_is_on_unless_it_is_switched_off() -> None:
    assert configured().reasons_on("voice-prod").switched_on == EVERY
    assert configured(failed={"on": False}).reasons_on("voice-prod").switched_on == EVERY - {AlertReason.FAILED}


@pytest.mark.parametrize("reason", AlertReason)
def test_every_reason_has_a_switch_of_its_own(reason: AlertReason) -> None:
    off = ReasonAlerts.model_validate({reason.value.replace(" ", "_"): {"on": False}})

    assert off.switched_on == EVERY - {reason}


def test_a_cluster_may_switch_a_reason_off_or_on_again() -> None:
    loaded = configured({"stalled": {"on": False}, "failed": {"on": True}}, failed={"on": False})

    assert loaded.reasons_on("chat-prod").switched_on == EVERY - {AlertReason.STALLED}
    assert loaded.reasons_on("voice-prod").switched_on == EVERY - {AlertReason.FAILED}


def test_what_a_cluster_leaves_out_stays_as_it_is_for_all() -> None:
    loaded = configured({"retrying": {"on": True}}, retrying={"on": False, "retries": 10})
    reasons = loaded.reasons_on("chat-prod")

    assert (reasons.retrying.on, reasons.retrying.retries) == (True, 10)
    assert reasons.mismatch.settle == timedelta(minutes=10)
