"""Open modals and App Home views, and the values entered in them (https://docs.slack.dev/surfaces/modals)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from local_slack.errors import Json, SlackError
from local_slack.workspace.blocks import elements_of, with_ids
from local_slack.workspace.directory import Directory
from local_slack.workspace.fields import Field, holds
from local_slack.workspace.ids import new_id

STACK_LIMIT = 3

Values = dict[str, Json]
"""Entries by block id and action id, as in a view's `state.values`."""


def _new_hash() -> str:
    return f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}"


@dataclass(eq=False)
class OpenView:
    user: str
    content: Json
    """The view as the app gave it, with every default and id filled in."""
    previous: OpenView | None = None
    id: str = field(default_factory=lambda: new_id("V"))
    hash: str = field(default_factory=_new_hash)
    values: Values = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    """Sentences shown at input blocks, by block id."""
    notice: str = ""
    """A note of the client about the whole view."""
    suggested: dict[str, list[Json]] = field(default_factory=dict)
    """Options that external selects have offered so far, by action id."""
    waiting: bool = False
    """Submitted, and not acked yet."""

    @property
    def root_id(self) -> str:
        return self.previous.root_id if self.previous else self.id

    @property
    def blocks(self) -> list[Json]:
        found: list[Json] = self.content["blocks"]
        return found


class Views:
    """The open modals of every user, as stacks, and every user's App Home."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._stacks: dict[str, list[OpenView]] = {}
        self._homes: dict[str, OpenView] = {}
        self.version = 0
        """Grows with every change; the page redraws when it does."""

    def stack(self, user: str) -> list[OpenView]:
        """Returns the open modals of the user, the top one last."""
        return list(self._stacks.get(user, ()))

    def top(self, user: str) -> OpenView | None:
        stack = self._stacks.get(user)
        return stack[-1] if stack else None

    def home(self, user: str) -> OpenView | None:
        return self._homes.get(user)

    def is_open(self, view: OpenView) -> bool:
        return view in self._stacks.get(view.user, ())

    def open(self, user: str, content: Json) -> OpenView:
        """Opens a new stack and closes the user's old one."""
        self._check_external_id(content)
        opened = self._new_view(user, content, None)
        self._stacks[user] = [opened]
        self.changed()
        return opened

    def push(self, view_id: str | None, content: Json) -> OpenView:
        """Pushes a view onto the stack that has the view `view_id`. Slack allows that only in answer to an
        interaction inside a modal."""
        below = next((v for stack in self._stacks.values() for v in stack if v.id == view_id), None)
        if below is None:
            raise SlackError("not_found")
        stack = self._stacks[below.user]
        if len(stack) >= STACK_LIMIT:
            raise SlackError("push_limit_reached")
        self._check_external_id(content)
        pushed = self._new_view(below.user, content, stack[-1])
        stack.append(pushed)
        self.changed()
        return pushed

    def update(self, address: str, content: Json, known_hash: str | None) -> OpenView:
        """Replaces the content of an open modal; `address` is its view_id or external_id."""
        modals = (view for stack in self._stacks.values() for view in stack)
        found = next((v for v in modals if address in (v.id, v.content["external_id"] or None)), None)
        if found is None:
            raise SlackError("not_found")
        self._replace(found, content, known_hash)
        return found

    def publish(self, user: str, content: Json, known_hash: str | None) -> OpenView:
        home = self._homes.get(user)
        if home is not None:
            self._replace(home, content, known_hash)
            return home
        self._check_external_id(content)
        self._homes[user] = self._new_view(user, content, None)
        self.changed()
        return self._homes[user]

    def close(self, view: OpenView) -> None:
        """Closes one view; the one below it is seen again."""
        stack = self._stacks.get(view.user, [])
        if view in stack:
            stack.remove(view)
            self.changed()

    def close_all(self, user: str) -> None:
        self._stacks.pop(user, None)
        self.changed()

    def clear(self) -> None:
        self._stacks.clear()
        self._homes.clear()
        self.changed()

    def changed(self) -> None:
        self.version += 1

    def fields(self, view: OpenView) -> Iterator[tuple[Json, Field]]:
        """Yields every element of the view that holds a value, each with its block."""
        for block in view.blocks:
            for _, element in elements_of(block):
                if holds(element):
                    yield block, self.field(view, element)

    def field(self, view: OpenView, element: Json) -> Field:
        return Field(element, self._directory, tuple(view.suggested.get(element["action_id"], ())))

    def _new_view(self, user: str, content: Json, previous: OpenView | None) -> OpenView:
        made = OpenView(user, _complete(content), previous)
        made.values = self._values(made, {})
        return made

    def _replace(self, view: OpenView, content: Json, known_hash: str | None) -> None:
        if known_hash and known_hash != view.hash:
            raise SlackError("hash_conflict")
        self._check_external_id(content, except_for=view)
        view.content, view.hash = _complete(content), _new_hash()
        view.values = self._values(view, view.values)
        view.errors, view.notice = {}, ""
        self.changed()

    def _values(self, view: OpenView, before: Values) -> Values:
        """Keeps an entered value if the element's block_id, action_id and type stay and its chosen options are still
        offered. All other elements start from their initial values."""
        values: Values = {}
        for block, held in self.fields(view):
            old = before.get(block["block_id"], {}).get(held.name)
            kept = old if old is not None and held.still_offers(old) else held.initial()
            values.setdefault(block["block_id"], {})[held.name] = kept
        return values

    def _check_external_id(self, content: Json, except_for: OpenView | None = None) -> None:
        wanted = content.get("external_id")
        every = [*self._homes.values(), *(view for stack in self._stacks.values() for view in stack)]
        if wanted and any(view.content["external_id"] == wanted for view in every if view is not except_for):
            raise SlackError("duplicate_external_id")


def _complete(content: Json) -> Json:
    empty: Json = {
        "callback_id": "",
        "private_metadata": "",
        "external_id": "",
        "submit": None,
        "close": None,
        "clear_on_close": False,
        "notify_on_close": False,
    }
    return empty | content | {"blocks": [with_ids(block) for block in content["blocks"]]}
