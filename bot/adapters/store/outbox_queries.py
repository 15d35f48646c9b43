"""What waits in the outbox and what is due, as SQL. ``SqlOutbox`` runs it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, exists, func, or_, select

from bot.adapters.store.tables import outbox
from bot.fleet.notifications.priority import ALERT_KINDS, DIGEST_KINDS, Priority, suffix
from bot.model import LONGEST_WAIT, MIN_EDIT_INTERVAL

# The first message of a message's thread.
ROOT = outbox.alias("root")


def due_messages(now: datetime, limit: int) -> Select[Any]:
    """The messages to post or edit now, by priority and then as recorded: at most ``limit`` posts and as many edits,
    and of each thread at most the next reply."""
    is_edit = outbox.c.ts.is_not(None)
    place = func.row_number().over(partition_by=is_edit, order_by=(_priority(), outbox.c.turn))
    ready = (
        waiting_messages()
        .where(_is_due(now), or_(is_edit, outbox.c.thread_key == "", _next_in_thread()))
        .add_columns(_priority().label("priority"), place.label("place"))
        .order_by(None)
        .subquery()
    )
    return select(ready).where(ready.c.place <= limit).order_by(ready.c.priority, ready.c.turn)


def all_messages() -> Select[Any]:
    """All messages with the addresses of their threads, in the order of the queue."""
    thread = (ROOT.c.channel.label("root_channel"), ROOT.c.ts.label("root_ts"))
    return select(outbox, *thread).outerjoin(ROOT, ROOT.c.key == outbox.c.thread_key).order_by(outbox.c.turn)


def waiting_messages() -> Select[Any]:
    """The messages that wait to be posted or edited."""
    return all_messages().where(outbox.c.said_revision < outbox.c.revision, outbox.c.set_aside.is_(None))


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Due now, or postponed for longer than the bot ever postpones, since the clock was set back."""
    again = outbox.c.next_try_at
    edit_too_far = and_(outbox.c.postponed.is_(None), again > now + MIN_EDIT_INTERVAL)
    return or_(again.is_(None), again <= now, again > now + LONGEST_WAIT, edit_too_far)


def _next_in_thread() -> ColumnElement[bool]:
    """A reply whose thread is posted, and which has no earlier reply that still waits."""
    earlier = outbox.alias("earlier")
    waits_for = exists().where(
        earlier.c.thread_key == outbox.c.thread_key,
        earlier.c.ts.is_(None),
        earlier.c.said_revision < earlier.c.revision,
        earlier.c.set_aside.is_(None),
        earlier.c.turn < outbox.c.turn,
    )
    return and_(ROOT.c.ts.is_not(None), ~waits_for)


def _priority() -> ColumnElement[int]:
    """The priority of a message, or that of an alert that waits for it: one in its own thread, or behind it in the
    thread that it is in."""
    waiting = outbox.alias("waiting")
    is_in_own_thread = waiting.c.thread_key == outbox.c.key
    is_behind = and_(waiting.c.thread_key == outbox.c.thread_key, waiting.c.turn > outbox.c.turn)
    holds_back_alert = exists().where(
        waiting.c.thread_key != "",
        or_(is_in_own_thread, is_behind),
        outbox.c.ts.is_(None),
        waiting.c.ts.is_(None),
        waiting.c.said_revision < waiting.c.revision,
        waiting.c.set_aside.is_(None),
        _is_alert(waiting),
    )
    return case(
        (or_(_is_alert(outbox), holds_back_alert), Priority.ALERT.value),
        (_is_of(outbox, DIGEST_KINDS), Priority.DIGEST.value),
        else_=Priority.OTHER.value,
    )


def _is_alert(table: FromClause) -> ColumnElement[bool]:
    return or_(table.c.broadcast, _is_of(table, ALERT_KINDS))


def _is_of(table: FromClause, kinds: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(table.c.body.endswith(suffix(kind), autoescape=True) for kind in kinds))
