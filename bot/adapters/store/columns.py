"""Column types that mean the same on SQLite and PostgreSQL."""

import hashlib
import json
from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, String, Text
from sqlalchemy.types import TypeDecorator

from bot.redaction import redact, redact_json
from bot.wellformed import well_formed

# In bytes. Temporal's names have at most as many; an entry of PostgreSQL's indexes, of which two of them may be a
# part, has at most 2,704.
LONGEST_NAME = 1_000
# Fields of what is kept as JSON that are no words.
DATA = frozenset(
    {
        *("id", "cluster", "customer", "workflow_id", "run_id", "activity_id", "workflow_type", "task_queue"),
        *("root_key", "thread_key", "link", "kind"),
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC and given back as aware UTC; a naive one is refused with ValueError.

    SQLite has no time zones: what it keeps is UTC without saying so. Its text form sorts as time does.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To UTC, on the way in."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Aware again, on the way out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text from outside, as every database holds it: one odd failure message does not keep a whole entry from being
    recorded, and no secret is kept in one."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To what can be kept, on the way in."""
        return None if value is None else redact(well_formed(value))


class Body(TypeDecorator[str]):
    """JSON of ours that holds text from outside: no secret is kept in it. What rows are found by, what is acted on
    and where links lead are data, and stay as they are."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Without secrets, on the way in."""
        if value is None:
            return None
        try:
            data = json.loads(value)
        except ValueError:
            return redact(value)
        redacted = redact_json(data, kept=DATA)
        return value if redacted == data else json.dumps(redacted, ensure_ascii=False, separators=(",", ":"))


class Name(TypeDecorator[str]):
    """What something from outside is called, and looked for by: as it is kept, so it is asked for. Of one that is too
    long for an index its beginning is kept, and a digest that tells it from others which begin alike."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To what can be kept and found, on the way in."""
        return None if value is None else _shortened(well_formed(value))


def _shortened(name: str) -> str:
    whole = name.encode()
    if len(whole) <= LONGEST_NAME:
        return name
    digest = hashlib.sha256(whole).hexdigest()
    return f"{whole[: LONGEST_NAME - len(digest) - 1].decode(errors='ignore')} {digest}"
