"""trigger_ids: each opens one view, within three seconds.

https://docs.slack.dev/interactivity/handling-user-interaction
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from local_slack.errors import SlackError
from local_slack.workspace.ids import Clock

TRIGGER_LIFETIME = timedelta(seconds=3)
TRIGGERS_REMEMBERED = 10_000


@dataclass
class Trigger:
    user: str
    view_id: str | None
    """The view the interaction happened in; only such a trigger can push another view onto it."""
    issued: datetime
    used: bool = False


class Triggers:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: OrderedDict[str, Trigger] = OrderedDict()

    def issue(self, user: str, view_id: str | None = None) -> str:
        trigger_id = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self._issued[trigger_id] = Trigger(user, view_id, self._clock())
        while len(self._issued) > TRIGGERS_REMEMBERED:
            self._issued.popitem(last=False)
        return trigger_id

    def redeem(self, trigger_id: str) -> Trigger:
        """Uses the trigger_id up and returns its trigger. Raises SlackError if it is unknown, too old, or used
        already."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if self._clock() - trigger.issued > TRIGGER_LIFETIME:
            raise SlackError("expired_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        trigger.used = True
        return trigger
