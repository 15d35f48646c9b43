"""What is asked of Temporal for one run of the team's own workflow: its id, its input, its hints. Pure."""

import re
from collections.abc import Mapping
from typing import Protocol

from pydantic import JsonValue

from bot.fleet.runs.identity import Identity, IdTemplate
from bot.model import StartOrder, Window

_FIELD = re.compile(r"\{(customer|start|end)\}")


class KeyNames(Protocol):
    """Under which names an execution tells for whom and which days it runs."""

    @property
    def customer(self) -> str: ...
    @property
    def start(self) -> str: ...
    @property
    def end(self) -> str: ...


class Startable(Protocol):
    """What the configuration says of the team's workflow; the first of ``types`` is what is started."""

    @property
    def types(self) -> tuple[str, ...]: ...
    @property
    def task_queue(self) -> str: ...
    @property
    def keys(self) -> KeyNames: ...
    @property
    def input(self) -> Mapping[str, JsonValue] | tuple[JsonValue, ...]: ...


def start_order(config: Startable, template: IdTemplate, customer: str, window: Window, token: str) -> StartOrder:
    """The order; ``token`` makes giving it twice harmless.

    ``{customer}``, ``{start}`` and ``{end}`` are filled in wherever they stand in a text of the configured input;
    the keys of tables are left alone. A table is the workflow's one argument, a list is its arguments.
    """
    values = {"customer": customer, "start": window.start.isoformat(), "end": window.end.isoformat()}
    given = config.input
    arguments: list[JsonValue] = [dict(given)] if isinstance(given, Mapping) else list(given)
    keys = config.keys
    return StartOrder(
        workflow_id=template.build(Identity(customer, window)),
        workflow_type=config.types[0],
        task_queue=config.task_queue,
        arguments=tuple(_filled(argument, values) for argument in arguments),
        hints={keys.customer: values["customer"], keys.start: values["start"], keys.end: values["end"]},
        token=token,
    )


def _filled(value: JsonValue, values: Mapping[str, str]) -> JsonValue:
    match value:
        case str():
            return _written(value, values)
        case list():
            return [_filled(item, values) for item in value]
        case dict():
            return {key: _filled(item, values) for key, item in value.items()}
        case _:
            return value


def _written(text: str, values: Mapping[str, str]) -> str:
    """In one go: a customer who is called ``{start}`` stays so."""
    return "".join(values[part] if i % 2 else part for i, part in enumerate(_FIELD.split(text)))
