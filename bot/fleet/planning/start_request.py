"""Builds the request to start one run of the team's workflow: its id, its input, its search attributes. Pure."""

import re
from collections.abc import Mapping
from typing import Protocol

from pydantic import JsonValue

from bot.fleet.runs.identity import Identity, IdTemplate
from bot.model import StartOrder, Window

_FIELD = re.compile(r"\{(customer|start|end)\}")


class KeyNames(Protocol):
    """The names of the search attributes or memo fields that hold a run's customer and days."""

    @property
    def customer(self) -> str: ...
    @property
    def start(self) -> str: ...
    @property
    def end(self) -> str: ...


class Startable(Protocol):
    """The configuration of the team's workflow; the bot starts the first of ``types``."""

    @property
    def types(self) -> tuple[str, ...]: ...
    @property
    def task_queue(self) -> str: ...
    @property
    def keys(self) -> KeyNames: ...
    @property
    def input(self) -> Mapping[str, JsonValue] | tuple[JsonValue, ...]: ...


def start_order(config: Startable, template: IdTemplate, customer: str, window: Window, token: str) -> StartOrder:
    """The request to start a window; ``token`` makes it idempotent.

    ``{customer}``, ``{start}`` and ``{end}`` are filled into every text of the configured input, except into the keys
    of tables. A table becomes the workflow's only argument, and a list becomes its arguments.
    """
    values = {"customer": customer, "start": window.start.isoformat(), "end": window.end.isoformat()}
    configured = config.input
    arguments: list[JsonValue] = [dict(configured)] if isinstance(configured, Mapping) else list(configured)
    keys = config.keys
    return StartOrder(
        workflow_id=template.build(Identity(customer, window)),
        workflow_type=config.types[0],
        task_queue=config.task_queue,
        arguments=tuple(_fill_in(argument, values) for argument in arguments),
        hints={keys.customer: values["customer"], keys.start: values["start"], keys.end: values["end"]},
        token=token,
    )


def _fill_in(value: JsonValue, values: Mapping[str, str]) -> JsonValue:
    match value:
        case str():
            return _fill_text(value, values)
        case list():
            return [_fill_in(item, values) for item in value]
        case dict():
            return {key: _fill_in(item, values) for key, item in value.items()}
        case _:
            return value


def _fill_text(text: str, values: Mapping[str, str]) -> str:
    """All placeholders in one pass, so that a customer named ``{start}`` is not replaced again."""
    return "".join(values[part] if i % 2 else part for i, part in enumerate(_FIELD.split(text)))
