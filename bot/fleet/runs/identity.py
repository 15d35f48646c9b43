"""Which customer and which days an execution is for: by its search attributes, else its memo, else its id.

What none of them tells is None: it is counted and listed as not recognised, never guessed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from functools import lru_cache
from typing import Self

from bot.fleet.runs.day_start import day_begun
from bot.model import Execution, Window

_FIELD = re.compile(r"\{(customer|start|end)\}")
# ISO dates have one width, so an id has one part of unknown length, the customer: no two readings are possible.
_DATE = r"\d{4}-\d\d-\d\d"
_PATTERNS = {"customer": "(?P<customer>.+)", "start": f"(?P<start>{_DATE})", "end": f"(?P<end>{_DATE})"}


@dataclass(frozen=True, slots=True)
class Identity:
    """For whom an execution runs, and which days."""

    customer: str
    window: Window


@dataclass(frozen=True, slots=True)
class Keys:
    """Names of the hints that tell customer, start and end."""

    customer: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class IdTemplate:
    """Builds workflow ids and reads them back; ``{customer}``, ``{start}`` and ``{end}`` stand in it once each."""

    parts: tuple[str, ...]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, template: str) -> Self:
        """Raises ValueError when a field is missing or stands there twice."""
        parts = tuple(_FIELD.split(template))
        if sorted(parts[1::2]) != ["customer", "end", "start"]:
            raise ValueError(f"{template!r} does not hold {{customer}}, {{start}} and {{end}} once each")
        pattern = "".join(_PATTERNS[part] if i % 2 else re.escape(part) for i, part in enumerate(parts))
        return cls(parts, re.compile(pattern, re.DOTALL | re.ASCII))

    def build(self, identity: Identity) -> str:
        """The id of the execution that does this."""
        window = identity.window
        values = {
            "customer": identity.customer,
            "start": window.start.isoformat(),
            "end": window.end.isoformat(),
        }
        return "".join(values[part] if i % 2 else part for i, part in enumerate(self.parts))

    def parse(self, workflow_id: str) -> Identity | None:
        """What was built into the id, or None when it has another form."""
        found = self.pattern.fullmatch(workflow_id)
        return _identity(found["customer"], found["start"], found["end"], None) if found else None


@dataclass(frozen=True, slots=True)
class Recogniser:
    """How this team's executions are told apart; ``zone`` is where the campaign's days begin."""

    template: IdTemplate
    keys: Keys
    zone: tzinfo

    def identify(self, execution: Execution) -> Identity | None:
        """Its hints if they are whole and make sense, else its id."""
        return self._from_hints(execution.hints) or self.template.parse(execution.ref.workflow_id)

    def _from_hints(self, hints: Mapping[str, str]) -> Identity | None:
        customer, start, end = (hints.get(key, "") for key in (self.keys.customer, self.keys.start, self.keys.end))
        return _identity(customer.strip(), start.strip(), end.strip(), self.zone)


def _identity(customer: str, start: str, end: str, zone: tzinfo | None) -> Identity | None:
    first, after = _day(start, zone), _day(end, zone)
    if not customer or first is None or after is None or after <= first:
        return None
    return Identity(customer, Window(first, after))


# A long past tells the same days over and over.
@lru_cache(maxsize=10_000)
def _day(text: str, zone: tzinfo | None) -> date | None:
    """A date, or a moment that is midnight as written or in ``zone``, or the first of a day there; None for anything
    else. What is written without a zone is of that one."""
    try:
        written = datetime.fromisoformat(text)
        if written.time() == time.min:
            return written.date()
        if zone is None:
            return None
        there = (written if written.tzinfo else written.replace(tzinfo=zone)).astimezone(zone)
        # Where clocks go back at midnight there are two, and libraries differ in which one they mean.
        return there.date() if there.time() == time.min else day_begun(there.astimezone(UTC), zone)
    except (ValueError, OverflowError):
        return None
