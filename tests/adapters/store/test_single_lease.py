"""Bots of this version beside bots of earlier versions, which know a single lease: never do two of them watch a
cluster, and an upgrade leaves no gap."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, or_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.store import open_store
from bot.adapters.store.clock import shared_clock
from bot.adapters.store.database import Database, open_database
from bot.adapters.store.leases import MARGIN, SqlLeases
from bot.adapters.store.tables import leases
from bot.adapters.store.upsert import insert
from bot.model import FLEET_LEASE, LeaseHolders, cluster_lease
from bot.ports import Leases

LONG, SHORT = timedelta(seconds=60), timedelta(milliseconds=300)
EAST = cluster_lease("east")
NAMES = (FLEET_LEASE, EAST)


@dataclass(frozen=True)
class EarlierBot:
    """A bot of an earlier version, with the statements by which that version takes and releases its lease."""

    database: Database
    holder: str = "earlier"

    async def hold(self, span: timedelta = LONG, now: datetime | None = None) -> bool:
        async def take(connection: AsyncConnection) -> bool:
            at = await shared_clock(connection, now or datetime.now(UTC))
            mine = insert(connection, leases).values(name="leader", holder=self.holder, until=at + span)
            taken = mine.on_conflict_do_update(
                index_elements=["name"],
                set_={"holder": mine.excluded.holder, "until": mine.excluded.until},
                where=or_(leases.c.holder == self.holder, leases.c.until <= at),
            )
            return await connection.scalar(taken.returning(leases.c.name)) is not None

        return await self.database.write(take)

    async def give_back(self) -> None:
        async def release(connection: AsyncConnection) -> None:
            held = delete(leases).where(leases.c.name == "leader", leases.c.holder == self.holder)
            await connection.execute(held)

        await self.database.write(release)


async def hold(leases: Leases, holder: str, span: timedelta = LONG) -> LeaseHolders:
    now = datetime.now(UTC)
    return await leases.hold(holder, NAMES, now, now + span)


@dataclass(frozen=True)
class Bots:
    """Two bots of this version, ``a`` and ``b``, and one of an earlier version."""

    a: Leases
    b: Leases
    earlier: EarlierBot


@pytest.fixture
async def bots(url: str) -> AsyncIterator[Bots]:
    async with AsyncExitStack() as stack:
        first, second = [await stack.enter_async_context(open_store(url)) for _ in range(2)]
        earlier = EarlierBot(await stack.enter_async_context(open_database(url)))
        yield Bots(first.leases, second.leases, earlier)


async def test_while_an_earlier_bot_leads_nobody_takes_anything_and_all_of_it_once_it_stops(bots: Bots) -> None:
    before = await bots.earlier.hold()
    meanwhile = [await hold(bots.a, "a"), await bots.b.holders(datetime.now(UTC))]
    await bots.earlier.give_back()
    after = await hold(bots.a, "a")

    assert before
    assert meanwhile == [LeaseHolders({}, "earlier")] * 2
    assert [each.leader for each in meanwhile] == ["earlier"] * 2
    assert after == LeaseHolders(dict.fromkeys(NAMES, "a"))
    assert not await bots.earlier.hold()


async def test_as_long_as_any_bot_of_this_version_renews_no_earlier_one_leads(bots: Bots) -> None:
    await hold(bots.a, "a", SHORT)
    await hold(bots.b, "b")
    await bots.a.give_back("a")
    await asyncio.sleep(2 * SHORT.total_seconds())

    assert not await bots.earlier.hold()


async def test_an_earlier_bot_leads_again_once_all_bots_of_this_version_are_gone(bots: Bots) -> None:
    await hold(bots.a, "a", SHORT)
    too_early = await bots.earlier.hold()
    await asyncio.sleep(2 * SHORT.total_seconds())

    assert not too_early
    assert await bots.earlier.hold()
    assert await hold(bots.a, "a") == LeaseHolders({}, "earlier")


async def test_an_earlier_bot_that_was_killed_is_followed_when_its_lease_runs_out(bots: Bots) -> None:
    await bots.earlier.hold(SHORT)
    too_early = await hold(bots.a, "a")
    await asyncio.sleep(2 * SHORT.total_seconds())

    assert too_early.single_holder == "earlier"
    assert (await hold(bots.a, "a")).of("a") == {*NAMES}


async def test_an_earlier_bot_that_was_killed_with_its_clock_ahead_is_followed_all_the_same(file_url: str) -> None:
    elapsed = timedelta(0)
    async with open_database(file_url) as database, open_store(file_url):
        ours = SqlLeases(database, lambda: elapsed)
        await EarlierBot(database).hold(now=datetime.now(UTC) + timedelta(hours=2))
        found = []
        for _ in range(3):
            found.append((await hold(ours, "a")).leader)
            elapsed += (LONG + MARGIN) / 2

    assert found == ["earlier", "earlier", "a"]


async def test_a_renewal_that_was_asked_for_earlier_and_is_written_later_shortens_nothing(bots: Bots) -> None:
    now, earlier = datetime.now(UTC), datetime.now(UTC) - SHORT
    await bots.b.hold("b", NAMES, now, now + LONG)
    await bots.a.hold("a", NAMES, earlier, earlier + LONG)

    assert not await bots.earlier.hold(now=now + LONG - SHORT / 2)


async def test_never_do_bots_of_both_versions_believe_that_they_watch_a_cluster(bots: Bots) -> None:
    """Each believes so from when it is told until the end of the span that it asked for, by its own clock."""
    spans: list[tuple[datetime, datetime, str]] = []
    end, span = datetime.now(UTC) + timedelta(seconds=4), timedelta(milliseconds=60)

    async def compete(name: str) -> None:
        chance = random.Random(name)
        ours = {"a": bots.a, "b": bots.b}
        while (now := datetime.now(UTC)) < end:
            pending = bots.earlier.hold(span, now) if name == "earlier" else hold(ours[name], name, span)
            answer = await pending
            if answer is True or (isinstance(answer, LeaseHolders) and EAST in answer.of(name)):
                spans.append((datetime.now(UTC), now + span, name))
            # Now and then it pauses for so long that its lease runs out.
            await asyncio.sleep(chance.choice([0.005, 0.005, 0.005, 0.2]))

    await asyncio.gather(*map(compete, ("a", "b", "earlier")))
    overlaps = [
        (each, another)
        for each in spans
        for another in spans
        if each[2] != another[2] and another[0] <= each[0] < another[1] and each[0] < each[1]
    ]

    assert overlaps == []
    assert {name for _, _, name in spans} == {"a", "b", "earlier"}
