"""Reads the customer and the days of a run from its search attributes, else its memo, else its workflow id.

Nothing is guessed: a run that tells neither has no identity, and is counted and listed as not recognised.
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
# ISO dates have a fixed width, so the customer is the only part of unknown length, and each id parses in one way.
_DATE = r"\d{4}-\d\d-\d\d"
_PATTERNS = {"customer": "(?P<customer>.+)", "start": f"(?P<start>{_DATE})", "end": f"(?P<end>{_DATE})"}


@dataclass(frozen=True, slots=True)
class Identity:
    """The customer and the days that a run is for."""

    customer: str
    window: Window


@dataclass(frozen=True, slots=True)
class Keys:
    """Names of the search attributes or memo fields that hold customer, start and end."""

    customer: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class IdTemplate:
    """Builds and parses workflow ids. The template holds ``{customer}``, ``{start}`` and ``{end}`` once each."""

    parts: tuple[str, ...]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, template: str) -> Self:
        """Raises ValueError when a field is missing or occurs twice."""
        parts = tuple(_FIELD.split(template))
        if sorted(parts[1::2]) != ["customer", "end", "start"]:
            raise ValueError(f"{template!r} does not hold {{customer}}, {{start}} and {{end}} once each")
        pattern = "".join(_PATTERNS[part] if i % 2 else re.escape(part) for i, part in enumerate(parts))
        return cls(parts, re.compile(pattern, re.DOTALL | re.ASCII))

    def build(self, identity: Identity) -> str:
        """The workflow id for this customer and window."""
        window = identity.window
        values = {
            "customer": identity.customer,
            "start": window.start.isoformat(),
            "end": window.end.isoformat(),
        }
        return "".join(values[part] if i % 2 else part for i, part in enumerate(self.parts))

    def parse(self, workflow_id: str) -> Identity | None:
        """The customer and window in the id, or None when it has another form."""
        match = self.pattern.fullmatch(workflow_id)
        return _identity(match["customer"], match["start"], match["end"], None) if match else None


@dataclass(frozen=True, slots=True)
class Recogniser:
    """Identifies this team's runs. ``zone`` is the time zone of the campaign's days."""

    template: IdTemplate
    keys: Keys
    zone: tzinfo

    def identify(self, execution: Execution) -> Identity | None:
        """By its hints (search attributes and memo) if they are complete and valid, else by its workflow id."""
        return self._from_hints(execution.hints) or self.template.parse(execution.ref.workflow_id)

    def customer_of(self, execution: Execution) -> str:
        """The customer of a run; "" for a run that is not recognised."""
        identity = self.identify(execution)
        return identity.customer if identity else ""

    def _from_hints(self, hints: Mapping[str, str]) -> Identity | None:
        customer, start, end = (hints.get(key, "") for key in (self.keys.customer, self.keys.start, self.keys.end))
        return _identity(customer.strip(), start.strip(), end.strip(), self.zone)


def _identity(customer: str, start: str, end: str, zone: tzinfo | None) -> Identity | None:
    first, after = _day(start, zone), _day(end, zone)
    if not customer or first is None or after is None or after <= first:
        return None
    return Identity(customer, Window(first, after))


# Thousands of runs repeat the same few dates.
@lru_cache(maxsize=10_000)
def _day(text: str, zone: tzinfo | None) -> date | None:
    """The day of a date, of a midnight (as written, or in ``zone``), or of the first moment of a day in ``zone``.

    A time without an offset is in ``zone``. Everything else gives None.
    """
    try:
        written = datetime.fromisoformat(text)
        if written.time() == time.min:
            return written.date()
        if zone is None:
            return None
        local = (written if written.tzinfo else written.replace(tzinfo=zone)).astimezone(zone)
        # Where clocks go back at midnight, a day has two midnights, and libraries differ in which one they write.
        return local.date() if local.time() == time.min else day_begun(local.astimezone(UTC), zone)
    except (ValueError, OverflowError):
        return None
