"""Measures ``/backfill run all`` for 5,000 customers: from the command to its dialog, and from the submission to its
outcome.

A whole bot asks a Temporal dev server about each customer's sequence and ClickHouse about each customer's volume. The
team's workflows never end, so all customers stay in the queue or have its first slots. Run it alone with
``python -m benchmarks.run_all [CUSTOMERS]``.
"""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from benchmarks import alone
from benchmarks.result import Figure, Measuring, Result, Target
from benchmarks.whole_bot import Bot, whole_bot
from benchmarks.world import CLUSTER, QUEUE, configuration, customers, temporal_server
from bot.adapters.temporal.converter import data_converter
from bot.model.queue import queue_id
from bot.sequences.queue import BackfillQueue
from tests.adapters.clickhouse.conftest import VOLUME
from tests.adapters.clickhouse.server import ClickHouseServer

CUSTOMERS = 5_000
# The last one is submitted.
DIALOGS = 3
COMMAND, OPERATOR, SEQUENCES = "run all", "olivia", "backfill-bot"
# In seconds. An acknowledgement that comes later is lost on Slack.
STEP, ACK = Target(60), Target(3)
WITHIN = timedelta(minutes=3)
DAYS, ROWS_A_DAY = 51, 4
FILL = f"""
INSERT INTO source.scorecards SELECT number, 'customer-' || toString(number % {{customers}}),
toDateTime('2026-01-01', 'UTC') + intDiv(number, {{customers}}) % {DAYS} * 86400
+ intDiv(number, {{customers}} * {DAYS}), 1, 1
FROM numbers({{customers}} * {DAYS * ROWS_A_DAY})
"""


@workflow.defn(name="CustomerBackfill")
class Endless:
    """A window of the team that stays open."""

    @workflow.run
    async def run(self, _input: Any) -> None:
        """Wait for ever."""
        await workflow.wait_condition(lambda: False)


@dataclass(frozen=True, slots=True)
class World:
    """A bot whose customers all wait to be run, and the client of their Temporal."""

    bot: Bot
    client: Client

    async def open_dialog(self) -> None:
        """Type the command, with no other dialog in front of the person."""
        if view := await self._view():
            closed = {"user": OPERATOR, "view_id": view["id"], "all": True}
            await self.bot.control.post("close", closed)
        await self.bot.control.command(COMMAND, OPERATOR)

    async def submit(self) -> float:
        """Confirm the dialog, with a reason. Returns the seconds until it was acknowledged. Raises RuntimeError if it
        cannot be confirmed."""
        view = await self._view()
        if not view or not view["submit"]:
            raise RuntimeError(f"the dialog proposes nothing: {view and view['blocks']}")
        filled = {"user": OPERATOR, "view_id": view["id"], "values": {"reason": "the new campaign"}}
        status, delivery = await self.bot.control.post("submit", filled)
        if status != 200 or not delivery["acked"]:
            raise RuntimeError(f"the submission was not acknowledged: {delivery}")
        return float(delivery["acked_ms"]) / 1_000

    async def queued(self) -> int:
        """How many customers the queue has, by the queue itself."""
        handle = self.client.get_workflow_handle(queue_id(SEQUENCES))
        state = (await handle.query(BackfillQueue.standing)).state
        return len(state.queued) + len(state.starting) + len(state.members)

    async def _view(self) -> dict[str, Any] | None:
        views = (await self.bot.control.get("views", user=OPERATOR))["views"]
        return views[-1] if views else None


async def measure(number: str = str(CUSTOMERS)) -> Measuring:
    """Open the dialog ``DIALOGS`` times, and confirm the last one."""
    count, acked = int(number), list[float]()
    name = f"run all, {count:,} customers"
    async with _world(count) as world:
        filled = [await world.bot.dialog_filled(world.open_dialog, WITHIN) for _ in range(DIALOGS)]
        yield Result(f"{name}, dialog", Figure.most_of(filled), "s", STEP)

        async def submit() -> None:
            acked.append(await world.submit())

        outcome = await world.bot.dialog_filled(submit, WITHIN)
        yield Result(f"{name}, submission", Figure.single(outcome), "s", STEP)
        yield Result(f"{name}, ack of the submission", Figure.most_of(acked), "s", ACK)
        yield Result(f"{name}, queued", Figure.single(await world.queued()), "", Target(count, is_least=True))


@asynccontextmanager
async def _world(count: int) -> AsyncIterator[World]:
    with temporal_server() as server, _source(count) as warehouse, tempfile.TemporaryDirectory() as folder:
        text = configuration({CLUSTER: customers(count)}, server.address)
        text = text.replace("http://127.0.0.1:1", warehouse.url).replace('"SELECT 1"', f'"""{VOLUME}"""')
        text = text.replace("[slack]\n", '[slack]\noperators = ["U00OLIVIA0"]\n')
        client = await Client.connect(server.address, data_converter=data_converter)
        team = Worker(client, task_queue=QUEUE, workflows=[Endless], workflow_runner=UnsandboxedWorkflowRunner())
        async with team, whole_bot(Path(folder), text) as bot:
            yield World(bot, client)


@contextmanager
def _source(count: int) -> Iterator[ClickHouseServer]:
    """Run a ClickHouse whose source has rows of all customers and days."""
    with tempfile.TemporaryDirectory() as folder:
        server = ClickHouseServer(Path(folder) / "data")
        server.start()
        try:
            server.run(FILL.format(customers=count))
            yield server
        finally:
            server.stop()


if __name__ == "__main__":
    alone.run(measure)
