"""The value of each kind of element: its entry in the state, and how somebody chooses it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from local_slack.errors import ControlError, Json
from local_slack.workspace.directory import Directory

Reader = Callable[["Field", str], Any]


@dataclass(frozen=True)
class Shape:
    """For one element type: the key of its value in view.state, the key of its initial value, and how an entered
    value is read."""

    name: str
    initial: str
    read: Reader
    many: bool = False


@dataclass(frozen=True)
class Field:
    """An element that has a value, and the options that may be chosen in it."""

    element: Json
    directory: Directory
    suggested: Sequence[Json] = ()
    """Options an external select has offered so far."""

    @property
    def name(self) -> str:
        return str(self.element["action_id"])

    @property
    def shape(self) -> Shape:
        return SHAPES[self.element["type"]]

    @property
    def is_external(self) -> bool:
        return is_external(self.element)

    def options(self) -> list[Json]:
        """Returns the options that may be chosen. Those of an external select are its initial options and all that it
        has offered since."""
        if self.is_external:
            initial = [self.element["initial_option"]] if "initial_option" in self.element else []
            return [*initial, *self.element.get("initial_options", ()), *self.suggested]
        groups = [group["options"] for group in self.element.get("option_groups", ())]
        return [option for group in [self.element.get("options", []), *groups] for option in group]

    def entry(self, chosen: Any) -> Json:
        return {"type": self.element["type"], self.shape.name: chosen}

    def initial(self) -> Json:
        """Returns the element's view.state entry before the user has changed it."""
        empty: Any = [] if self.shape.many else None
        return self.entry(self.element.get(self.shape.initial) or empty)

    def read(self, value: object) -> Json:
        """Returns the view.state entry after the user has entered this value. Raises ControlError for what the
        element does not offer.

        Several choices are a list, or one string with commas between them. None and "" empty the element.
        """
        if not self.shape.many:
            return self.entry(None if value is None or value == "" else self._read_value(value))
        given = value.split(",") if isinstance(value, str) else [] if value is None else value
        if not isinstance(given, list):
            raise ControlError(f"{self.name}: must be a list or a string")
        return self.entry([self._read_value(part) for part in given if part != ""])

    def _read_value(self, value: object) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise ControlError(f"{self.name}: a {self.element['type']} takes a string")
        return self.shape.read(self, value)

    def still_offers(self, entry: Json) -> bool:
        """Whether an entry from before an update of the view is still valid."""
        if entry["type"] != self.element["type"]:
            return False
        if self.shape.read is not _option or self.is_external:
            return True
        held = entry[self.shape.name]
        offered = self.options()
        return all(option in offered for option in (held if self.shape.many else [held] if held else []))


def holds(element: Json) -> bool:
    """Whether an element has a state; buttons and overflow menus do not."""
    return element["type"] in SHAPES and element["type"] != "overflow"


def is_external(element: Json) -> bool:
    return str(element["type"]).endswith("external_select")


def _text(_field: Field, value: str) -> str:
    return value


def _option(field: Field, value: str) -> Json:
    options = field.options()
    for option in options:
        if option["value"] == value:
            return option
    offered = ", ".join(str(option["value"]) for option in options) or "nothing yet"
    raise ControlError(f"{value!r} is not an option of {field.name!r}; it offers: {offered}", 404)


def _user(field: Field, value: str) -> str:
    found = field.directory.user(value)
    if found is None:
        names = ", ".join(user.name for user in field.directory.seed.users)
        raise ControlError(f"there is no user {value!r}; there are: {names}", 404)
    return found.id


def _channel(field: Field, value: str) -> str:
    found = field.directory.conversation(value)
    if found is None:
        names = ", ".join(name for _, name in field.directory.seed.channels)
        raise ControlError(f"there is no channel {value!r}; there are: {names}", 404)
    return found.id


def _date(field: Field, value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as exc:
        raise ControlError(f"{field.name}: {value!r} is not a date such as 2026-01-31") from exc


def _time(field: Field, value: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ControlError(f"{field.name}: {value!r} is not a time such as 09:30")
    return value


_TEXT_VALUE = Shape("value", "initial_value", _text)
_SINGLE = Shape("selected_option", "initial_option", _option)
_MULTIPLE = Shape("selected_options", "initial_options", _option, many=True)
_CONVERSATION = Shape("selected_conversation", "initial_conversation", _channel)
SHAPES = MappingProxyType(
    {
        "plain_text_input": _TEXT_VALUE,
        "number_input": _TEXT_VALUE,
        "email_text_input": _TEXT_VALUE,
        "url_text_input": _TEXT_VALUE,
        "static_select": _SINGLE,
        "external_select": _SINGLE,
        "radio_buttons": _SINGLE,
        "overflow": _SINGLE,
        "multi_static_select": _MULTIPLE,
        "multi_external_select": _MULTIPLE,
        "checkboxes": _MULTIPLE,
        "users_select": Shape("selected_user", "initial_user", _user),
        "multi_users_select": Shape("selected_users", "initial_users", _user, many=True),
        "channels_select": Shape("selected_channel", "initial_channel", _channel),
        "conversations_select": _CONVERSATION,
        "datepicker": Shape("selected_date", "initial_date", _date),
        "timepicker": Shape("selected_time", "initial_time", _time),
    }
)
