"""What the bots' store holds when all is over: what was to be said, and what became of it."""

import asyncio
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from bot.adapters.store.database import open_database
from bot.adapters.store.tables import episodes, failures, outbox
from bot.blocks.notifications import draw
from bot.fleet.notifications.notification import parse
from tests.chaos.channel import words_of


@dataclass(frozen=True)
class Recorded:
    """One message. ``turn`` is its place among those recorded, None once it was edited; ``words`` is what its message
    has to show; ``left_out`` and ``set_aside`` are reasons."""

    key: str
    thread_key: str
    turn: int | None
    words: tuple[str, ...]
    waits: bool = False
    left_out: str = ""
    set_aside: str = ""


@dataclass(frozen=True)
class Memory:
    """``failed`` are the runs of which a failed attempt was seen, ``alerted`` those with an episode; by cluster,
    workflow id and run id."""

    messages: tuple[Recorded, ...]
    failed: frozenset[tuple[str, str, str]]
    alerted: frozenset[tuple[str, str, str]]


def read_memory(url: str) -> Memory:
    """All of it, in the order it was recorded."""
    return asyncio.run(_read(url))


def waits(url: str) -> int:
    """How many speeches are still to be said or edited."""
    return sum(each.waits for each in read_memory(url).messages)


async def _read(url: str) -> Memory:
    async with open_database(url) as database, database.reading() as connection:
        messages = [_recorded(row) for row in await connection.execute(select(outbox).order_by(outbox.c.turn))]
        runs = [
            frozenset(
                (row.cluster, row.workflow_id, row.run_id)
                for row in await connection.execute(select(table.c.cluster, table.c.workflow_id, table.c.run_id))
            )
            for table in (failures, episodes)
        ]
    return Memory(tuple(messages), *runs)


def _recorded(row: Row[Any]) -> Recorded:
    is_said = row.said_revision == row.revision
    return Recorded(
        key=row.key,
        thread_key=row.thread_key,
        turn=row.turn if row.revision == 1 else None,
        words=words_of(draw(parse(row.body)).blocks),
        waits=not is_said and row.set_aside is None,
        left_out=(row.postponed or "for no reason") if is_said and row.ts is None else "",
        set_aside=row.set_aside or "",
    )
