"""SQL queries for the messages that wait in the outbox and for those that are due. ``SqlOutbox`` runs them.

Parts that are always the same are built once: the bot asks several times a second what is due.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Subquery, and_, case, exists, func, or_, select

from bot.adapters.store.tables import outbox
from bot.fleet.notifications.priority import ALERT_KINDS, DIGEST_KINDS, Priority, suffix
from bot.model import LONGEST_WAIT, MIN_EDIT_INTERVAL, WEBHOOK

# The root message of the thread that a message belongs to.
ROOT = outbox.alias("root")
# The messages for webhooks. The first condition is that of an index (``tables.ELSEWHERE``), so that the index is
# used.
IS_PAGE = and_(outbox.c.destination != "", outbox.c.destination.startswith(WEBHOOK, autoescape=True))


def due_messages(now: datetime, limit: int) -> Select[Any]:
    """The messages to post or edit now, ordered by priority and then by turn. At most ``limit`` posts and ``limit``
    edits, and at most one new reply of each thread."""
    is_edit, in_thread = outbox.c.ts.is_not(None), outbox.c.thread_key != ""
    urgent = _threads_with_alerts()
    priority = _priority(
        and_(~is_edit, urgent.c.thread_key.is_not(None), or_(~in_thread, outbox.c.turn < urgent.c.turn))
    )
    place = func.row_number().over(partition_by=is_edit, order_by=(priority, outbox.c.turn))
    ready = (
        waiting_messages()
        .outerjoin(urgent, urgent.c.thread_key == case((in_thread, outbox.c.thread_key), else_=outbox.c.key))
        .where(~IS_PAGE, _is_due(now), or_(is_edit, ~in_thread, _next_in_thread()))
        .add_columns(priority.label("priority"), place.label("place"))
        .order_by(None)
        .subquery()
    )
    return select(ready).where(ready.c.place <= limit).order_by(ready.c.priority, ready.c.turn)


def due_pages(now: datetime, limit: int) -> Select[Any]:
    """The messages for webhooks to send now."""
    return waiting_messages().where(IS_PAGE, _is_due(now)).limit(limit)


@cache
def all_messages() -> Select[Any]:
    """All messages by turn, each with the address of its thread's root message."""
    thread = (ROOT.c.channel.label("root_channel"), ROOT.c.ts.label("root_ts"))
    return select(outbox, *thread).outerjoin(ROOT, ROOT.c.key == outbox.c.thread_key).order_by(outbox.c.turn)


@cache
def waiting_messages() -> Select[Any]:
    """The messages that wait to be posted or edited. Dead letters do not wait."""
    return all_messages().where(outbox.c.said_revision < outbox.c.revision, outbox.c.set_aside.is_(None))


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Whether the time of the next attempt has come. Also true if that time is further ahead than the bot ever sets
    it, because somebody must have set the clock back."""
    again = outbox.c.next_try_at
    edit_too_far = and_(outbox.c.postponed.is_(None), again > now + MIN_EDIT_INTERVAL)
    return or_(again.is_(None), again <= now, again > now + LONGEST_WAIT, edit_too_far)


@cache
def _next_in_thread() -> ColumnElement[bool]:
    """Whether the message is a reply in a posted thread, and no earlier reply of the thread still waits."""
    earlier = outbox.alias("earlier")
    waits_for = exists().where(
        earlier.c.thread_key == outbox.c.thread_key,
        earlier.c.ts.is_(None),
        earlier.c.said_revision < earlier.c.revision,
        earlier.c.set_aside.is_(None),
        earlier.c.turn < outbox.c.turn,
    )
    return and_(ROOT.c.ts.is_not(None), ~waits_for)


@cache
def _threads_with_alerts() -> Subquery:
    """The threads in which alerts wait to be posted, each with the ``turn`` of the last waiting alert. A message's
    turn is its place in the queue."""
    alert = outbox.alias("alert")
    is_waiting = and_(alert.c.ts.is_(None), alert.c.said_revision < alert.c.revision, alert.c.set_aside.is_(None))
    return (
        select(alert.c.thread_key, func.max(alert.c.turn).label("turn"))
        .where(is_waiting, alert.c.thread_key != "", _is_alert(alert))
        .group_by(alert.c.thread_key)
        .subquery()
    )


def _priority(holds_back_alert: ColumnElement[bool]) -> ColumnElement[int]:
    """The priority of a message. A message that holds back an alert in its thread has the priority of the alert."""
    return case(
        (or_(_is_alert(outbox), holds_back_alert), Priority.ALERT.value),
        (_is_of(outbox, DIGEST_KINDS), Priority.DIGEST.value),
        else_=Priority.OTHER.value,
    )


def _is_alert(table: FromClause) -> ColumnElement[bool]:
    return or_(table.c.broadcast, _is_of(table, ALERT_KINDS))


def _is_of(table: FromClause, kinds: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(table.c.body.endswith(suffix(kind), autoescape=True) for kind in kinds))
