"""The run history stores the hints that identify a run unchanged, and all others without secrets."""

from bot.adapters.store import open_store
from bot.model import Execution, ExecutionStatus
from tests.adapters.store.given import HILTON, NOW
from tests.adapters.store.raw import sql

CUSTOMER = "xoxb-media"
HINTS = {"AccountKey": CUSTOMER, "note": "password=marked0", "db_password": "marked0", "start": "2026-01-01"}
RUN = Execution(HILTON, "CustomerBackfill", "backfill", ExecutionStatus.COMPLETED, NOW, NOW, HINTS)


async def test_a_customer_whose_name_looks_like_a_token_is_recalled_by_that_name(file_url: str) -> None:
    async with open_store(file_url, data=("AccountKey", "start", "end")) as store:
        await store.ledger.keep([RUN])
    async with open_store(file_url) as again:
        (recalled,) = (await again.ledger.recall(HILTON.cluster)).executions
    ((kept,),) = await sql(file_url, "SELECT hints FROM executions")

    assert recalled.hints == {
        "AccountKey": CUSTOMER,
        "note": "password=(hidden)",
        "db_password": "(hidden)",
        "start": "2026-01-01",
    }
    assert "marked0" not in kept
