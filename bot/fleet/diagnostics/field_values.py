"""Reads the values in a run's search attributes, memo and arguments, each by the name that an identity mapping would
use for it. Mappings are proposed from these values. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo

from pydantic import JsonValue

from bot.fleet.runs.close_facts import is_fact_hint
from bot.fleet.runs.days import read_day
from bot.fleet.runs.mapping import ORDER_KEY, OWN_FIELDS
from bot.model import Execution
from bot.model.input_path import unwrapped
from bot.model.placeholders import EPOCH, EPOCH_MS, ISO

# Tried in this order. The compact form comes first: the form ISO reads it, too, but would write days with hyphens.
FORMS = ("%Y%m%d", ISO, EPOCH, EPOCH_MS)
# A number outside these years is no day.
_PLAUSIBLE = (date(2000, 1, 1), date(2100, 1, 1))
# Temporal writes digests and the times of schedules into search attributes of its own
# (https://docs.temporal.io/search-attribute).
_NOT_THEIRS = (*OWN_FIELDS, ORDER_KEY, "BuildIds", "BatcherUser", "BinaryChecksums")
_OF_TEMPORAL = "Temporal"
_DEEPEST = 6
_MOST = 200
_PLAIN_KEY = re.compile(r"[A-Za-z_$@-][\w$@-]*")


@dataclass(frozen=True, slots=True)
class SampleRun:
    """One run with its arguments, as far as they could be read."""

    execution: Execution
    arguments: Sequence[JsonValue] = field(default_factory=tuple)

    @property
    def hints(self) -> Mapping[str, str]:
        """The run's search attributes and memo fields, without those that the bot or Temporal itself has written."""
        return {name: text for name, text in self.execution.hints.items() if _is_theirs(name)}

    @property
    def inputs(self) -> Mapping[str, str]:
        """The texts and numbers in the run's arguments by their paths, at most ``_MOST``."""
        found: dict[str, str] = {}
        for path, text in _leaves(list(self.arguments), "", 0):
            if len(found) == _MOST:
                break
            found[path] = text
        return found


def _is_theirs(name: str) -> bool:
    return name not in _NOT_THEIRS and not name.startswith(_OF_TEMPORAL) and not is_fact_hint(name)


def day_form(texts: Sequence[str], zone: tzinfo) -> str | None:
    """The form in which all texts are days; None if there is no such form."""
    return next((form for form in FORMS if all(is_day(text, form, zone) for text in texts)), None)


def is_day(text: str, form: str, zone: tzinfo) -> bool:
    """Whether the text is a plausible day, or the last second of one, in this form."""
    day = read_day(text, form, zone, is_last=True)
    return day is not None and _PLAUSIBLE[0] <= day < _PLAUSIBLE[1]


def _leaves(value: JsonValue, path: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth > _DEEPEST:
        return
    match unwrapped(value):
        case str() as text:
            yield path, text
        case bool():
            return
        case int() | float() as number:
            yield path, json.dumps(number)
        case list() as items:
            for n, item in enumerate(items[:_MOST]):
                yield from _leaves(item, f"{path}[{n}]", depth + 1)
        case dict() as table:
            for key, item in table.items():
                step = key if _PLAIN_KEY.fullmatch(key) else f'"{key}"'
                if '"' not in key:
                    yield from _leaves(item, f"{path}.{step}", depth + 1)
