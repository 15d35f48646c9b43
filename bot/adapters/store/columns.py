"""Column types that behave alike on SQLite and PostgreSQL."""

import hashlib
import json
from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, String, Text
from sqlalchemy.types import TypeDecorator

from bot.redaction import redact, redact_json
from bot.wellformed import well_formed

# In bytes, as Temporal limits names. PostgreSQL limits an index entry, which may hold two names, to 2,704.
LONGEST_NAME = 1_000
# Fields of stored JSON that are data, and not text for people.
DATA = frozenset(
    {
        *("id", "cluster", "customer", "workflow_id", "run_id", "activity_id", "workflow_type", "task_queue"),
        *("root_key", "thread_key", "link", "kind"),
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """A time zone aware moment, stored and returned in UTC. Raises ValueError for a naive one.

    SQLite has no time zones, so it stores UTC without a zone. Its text form sorts by time.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Converts to UTC before storing."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Makes the stored moment aware again."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text from outside, made valid for every database, so that one odd failure message does not prevent a whole
    entry from being recorded. Secrets are redacted."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Redacts and repairs the text before storing."""
        return None if value is None else redact(well_formed(value))


class Body(TypeDecorator[str]):
    """The bot's own JSON with text from outside, in which secrets are redacted. The fields in ``DATA`` stay
    unchanged: rows are looked up by them, the bot acts on them, or they are links."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Redacts secrets before storing."""
        if value is None:
            return None
        try:
            data = json.loads(value)
        except ValueError:
            return redact(value)
        redacted = redact_json(data, kept=DATA)
        return value if redacted == data else json.dumps(redacted, ensure_ascii=False, separators=(",", ":"))


class Name(TypeDecorator[str]):
    """A name from outside by which rows are looked up; stored and searched in the same form. A name that is too long
    for an index is stored as its beginning and a digest, which keeps it distinct from others with that beginning."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Repairs and shortens the name, before storing and before searching."""
        return None if value is None else _shortened(well_formed(value))


def _shortened(name: str) -> str:
    whole = name.encode()
    if len(whole) <= LONGEST_NAME:
        return name
    digest = hashlib.sha256(whole).hexdigest()
    return f"{whole[: LONGEST_NAME - len(digest) - 1].decode(errors='ignore')} {digest}"
