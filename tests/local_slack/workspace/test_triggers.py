"""trigger_ids: good for three seconds, once, and only if they were given out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from local_slack.errors import SlackError
from local_slack.workspace.triggers import Triggers


class Watch:
    """A clock that goes when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 2, 22, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.mark.parametrize(("seconds", "code"), [(2.9, None), (3.1, "expired_trigger_id")])
def test_a_trigger_lasts_three_seconds(seconds: float, code: str | None) -> None:
    watch = Watch()
    triggers = Triggers(watch)
    trigger_id = triggers.issue("U1")
    watch.now += timedelta(seconds=seconds)

    if code is None:
        assert triggers.redeem(trigger_id).user == "U1"
    else:
        with pytest.raises(SlackError, match=code):
            triggers.redeem(trigger_id)


@pytest.mark.parametrize(("known", "code"), [(True, "exchanged_trigger_id"), (False, "invalid_trigger_id")])
def test_a_trigger_is_good_once(known: bool, code: str) -> None:
    triggers = Triggers(Watch())
    trigger_id = triggers.issue("U1")
    triggers.redeem(trigger_id)

    with pytest.raises(SlackError, match=code):
        triggers.redeem(trigger_id if known else "1.2.x")
