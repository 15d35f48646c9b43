"""Column types that behave alike on SQLite and PostgreSQL."""

import hashlib
import json
from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, String, Text
from sqlalchemy.types import TypeDecorator

from bot.redaction import redact, redact_json
from bot.wellformed import well_formed

# In bytes; Temporal limits names to as much. PostgreSQL limits an index entry, which may hold two names, to 2,704
# bytes.
LONGEST_NAME = 1_000
# The fields of stored JSON that hold data rather than text for people.
DATA = frozenset(
    {
        *("id", "cluster", "customer", "workflow_id", "run_id", "activity_id", "workflow_type", "task_queue"),
        *("root_key", "thread_key", "link", "kind"),
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored and returned in UTC. Raises ValueError for a naive one.

    SQLite has no time zones: it stores the UTC time without one, as text that sorts by time.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Convert to UTC before storing."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the stored time as an aware datetime."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text from outside. Secrets are redacted, and characters that a database refuses are replaced. Otherwise one odd
    failure message would prevent a whole entry from being recorded."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Redact and repair the text before storing."""
        return None if value is None else redact(well_formed(value))


class Body(TypeDecorator[str]):
    """The bot's own JSON, which contains text from outside. Secrets in it are redacted, except in the fields in
    ``DATA``. These are needed unchanged: rows are looked up by them, the bot acts on them, or they are links."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Redact secrets before storing."""
        if value is None:
            return None
        try:
            data = json.loads(value)
        except ValueError:
            return redact(value)
        redacted = redact_json(data, kept=DATA)
        return value if redacted == data else json.dumps(redacted, ensure_ascii=False, separators=(",", ":"))


class Name(TypeDecorator[str]):
    """A name from outside by which rows are looked up. A name that is too long for an index is stored as its
    beginning and a hash of the whole name, so different long names remain different."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Repair and shorten the name, both before storing it and before searching for it."""
        return None if value is None else _shortened(well_formed(value))


def _shortened(name: str) -> str:
    whole = name.encode()
    if len(whole) <= LONGEST_NAME:
        return name
    digest = hashlib.sha256(whole).hexdigest()
    return f"{whole[: LONGEST_NAME - len(digest) - 1].decode(errors='ignore')} {digest}"
