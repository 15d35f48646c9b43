"""Modals and App Home views: triggers that open them, stacks of them, and their state (§4.7)."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.slack.errors import Json, SlackError
from sandbox.slack.ids import Clock, new_id
from sandbox.slack.people import SlackSeed

TRIGGER_LIFETIME = timedelta(seconds=3)
STACK_LIMIT = 3
TRIGGERS_REMEMBERED = 10_000


@dataclass
class Trigger:
    user: str
    issued: datetime
    used: bool = False


class Triggers:
    """trigger_ids: good for three seconds and one use."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: OrderedDict[str, Trigger] = OrderedDict()

    def issue(self, user: str) -> str:
        trigger_id = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self._issued[trigger_id] = Trigger(user, self._clock())
        while len(self._issued) > TRIGGERS_REMEMBERED:
            self._issued.popitem(last=False)
        return trigger_id

    def redeem(self, trigger_id: str) -> str:
        """The user behind a trigger, which is used up by this."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if self._clock() - trigger.issued > TRIGGER_LIFETIME:
            raise SlackError("expired_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        trigger.used = True
        return trigger.user


class Views:
    """The open modals of every user, as stacks, and every user's App Home."""

    def __init__(self, seed: SlackSeed) -> None:
        self._seed = seed
        self._stacks: dict[str, list[Json]] = {}
        self._homes: dict[str, Json] = {}

    def open(self, user: str, view: Json) -> Json:
        """A new stack; what the user had open is closed."""
        self._refuse_taken(view.get("external_id"))
        opened = self._made(view, root=None, previous=None)
        self._stacks[user] = [opened]
        return opened

    def push(self, user: str, view: Json) -> Json:
        stack = self._stacks.get(user)
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= STACK_LIMIT:
            raise SlackError("push_limit_reached")
        self._refuse_taken(view.get("external_id"))
        stack.append(self._made(view, root=stack[0]["id"], previous=stack[-1]["id"]))
        return stack[-1]

    def update(self, address: str, view: Json, known_hash: str | None) -> Json:
        """Replace the content of an open view; `address` is its view_id or external_id."""
        for stack in self._stacks.values():
            for place, old in enumerate(stack):
                if address not in (old["id"], old.get("external_id") or None):
                    continue
                _refuse_stale(old, known_hash)
                stack[place] = self._replaced(old, view)
                return stack[place]
        raise SlackError("not_found")

    def publish(self, user: str, view: Json, known_hash: str | None) -> Json:
        old = self._homes.get(user)
        if old is not None:
            _refuse_stale(old, known_hash)
        made = self._replaced(old, view) if old else self._made(view, root=None, previous=None)
        self._homes[user] = made
        return made

    def clear(self) -> None:
        self._stacks.clear()
        self._homes.clear()

    def _refuse_taken(self, external_id: str | None) -> None:
        if external_id and any(external_id == view.get("external_id") for s in self._stacks.values() for view in s):
            raise SlackError("duplicate_external_id")

    def _made(self, view: Json, root: str | None, previous: str | None) -> Json:
        own = new_id("V")
        return _defaults(view) | {
            "id": own,
            "team_id": self._seed.team_id,
            "state": {"values": {}},
            "hash": _new_hash(),
            "root_view_id": root or own,
            "previous_view_id": previous,
            "app_id": self._seed.app_id,
            "app_installed_team_id": self._seed.team_id,
            "bot_id": self._seed.bot.bot_id,
        }

    def _replaced(self, old: Json, view: Json) -> Json:
        """The view anew, keeping what was typed where block_id and action_id stayed."""
        kept = {block.get("block_id") for block in view["blocks"]}
        values = {bid: state for bid, state in old["state"]["values"].items() if bid in kept}
        made = self._made(view, old["root_view_id"], old["previous_view_id"])
        return made | {"id": old["id"], "state": {"values": values}}


def _refuse_stale(old: Json, known_hash: str | None) -> None:
    if known_hash and known_hash != old["hash"]:
        raise SlackError("hash_conflict")


def _new_hash() -> str:
    return f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}"


def _defaults(view: Json) -> Json:
    empty: Json = {
        "callback_id": "",
        "private_metadata": "",
        "external_id": "",
        "submit": None,
        "close": None,
        "clear_on_close": False,
        "notify_on_close": False,
    }
    return empty | view
