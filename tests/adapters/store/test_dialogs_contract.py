"""The contract of bot.ports.Dialogs, on the fake and on the databases: what a dialog shows is known for an hour."""

from datetime import UTC, datetime, timedelta

from bot.adapters.store import open_store
from bot.adapters.store.tables import dialogs
from tests.adapters.store.conftest import Sides
from tests.adapters.store.given import NOW, minutes
from tests.adapters.store.raw import sql


async def test_what_was_kept_last_is_recalled_for_its_own_dialog(store: Sides) -> None:
    await store.dialogs.keep("V1", '{"first":1}', NOW)
    await store.dialogs.keep("V2", '{"other":1}', NOW)
    await store.dialogs.keep("V1", '{"second":1}', NOW)

    assert [await store.dialogs.recall(view, NOW) for view in ("V1", "V2", "V3")] == [
        '{"second":1}',
        '{"other":1}',
        None,
    ]


async def test_a_file_recalls_a_dialog_for_an_hour(file_url: str) -> None:
    async with open_store(file_url) as store:
        await store.dialogs.keep("V1", "{}", NOW)
        kept = [await store.dialogs.recall("V1", NOW + minutes(after)) for after in (0, 59, 60)]

    assert kept == ["{}", "{}", None]


async def test_a_server_recalls_a_dialog_for_an_hour_of_its_own_clock(server_url: str) -> None:
    async with open_store(server_url) as store:
        await store.dialogs.keep("V1", "{}", NOW)
        await _move_back(server_url, minutes(59))
        before = await store.dialogs.recall("V1", NOW)
        await _move_back(server_url, minutes(1))
        after = await store.dialogs.recall("V1", NOW)

    assert (before, after) == ("{}", None)


async def test_what_is_too_old_is_forgotten(url: str) -> None:
    async with open_store(url) as store:
        await store.dialogs.keep("V1", "{}", datetime.now(UTC))
        await _move_back(url, minutes(61))
        await store.dialogs.keep("V2", "{}", datetime.now(UTC))

    assert await sql(url, "SELECT id FROM dialogs") == [("V2",)]


async def _move_back(url: str, span: timedelta) -> None:
    """As if every dialog had been kept that much earlier."""
    ((kept_at,), *_) = await sql(url, dialogs.select().with_only_columns(dialogs.c.kept_at))
    await sql(url, dialogs.update().values(kept_at=kept_at - span))
