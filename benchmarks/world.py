"""A bot on real servers: a Temporal dev server with namespaces, and the bot's own wiring on a new SQLite store."""

import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client

from bot.config import Loaded, load
from bot.services import Services
from bot.wiring import make_client, make_temporals, open_services, utc_now
from tests.adapters.temporal.server import TemporalServer, eventually
from tests.fakes.channel import FakeChannel
from tests.fakes.files import FakeFiles
from tests.fakes.modals import FakeModals
from tests.fakes.services import people

CLUSTER = "bench"
QUEUE = "backfill"
RETENTION = timedelta(days=3)
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
_CONFIG = """
[campaign]
start = 2026-01-01
end = 2026-02-21
[workflow]
types = ["CustomerBackfill"]
task_queue = "{queue}"
[slack]
channel = "C0BACKFILLS"
[watch]
{watch}
[[verify.tables]]
name = "scores"
table = "analytics.scores"
customer_column = "customer"
time_column = "scored_at"
[volume]
query = "SELECT 1"
"""
_CLUSTER = """
[clusters.{name}]
customers = {customers}
temporal = {{ address = "{address}", namespace = "{namespace}" }}
clickhouse = {{ url = "http://127.0.0.1:1" }}
"""


def customers(count: int, first: int = 0) -> Sequence[str]:
    """Customers' names, which are also in the workflow ids of the benchmarks."""
    return tuple(f"customer-{number}" for number in range(first, first + count))


@contextmanager
def temporal_server() -> Iterator[TemporalServer]:
    """Run a new dev server while the ``with`` block runs."""
    server = TemporalServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()


async def add_namespace(address: str, namespace: str) -> Client:
    """Register a namespace, and return its client once the server answers in it."""
    client = await Client.connect(address, namespace=namespace)
    kept = Duration(seconds=int(RETENTION.total_seconds()))
    request = RegisterNamespaceRequest(namespace=namespace, workflow_execution_retention_period=kept)
    await client.workflow_service.register_namespace(request)

    async def is_known() -> bool:
        try:
            await client.count_workflows("ExecutionStatus = 'Running'")
        except Exception:  # noqa: BLE001  (until then the server fails in several ways)
            return False
        return True

    await eventually(is_known, bool)
    return client


def configuration(clusters: Mapping[str, Sequence[str]], address: str, watch: str = "", **namespaces: str) -> str:
    """A bot's configuration with these customers of each cluster. ``watch`` is the text of ``[watch]``. A cluster
    that ``namespaces`` does not name is in the namespace "default"."""
    text = _CONFIG.format(queue=QUEUE, watch=watch)
    for name, names in clusters.items():
        namespace = namespaces.get(name, "default")
        text += _CLUSTER.format(name=name, customers=list(names), address=address, namespace=namespace)
    return text


def loaded(folder: Path, text: str, url: str = "") -> Loaded:
    """The configuration as the bot loads it. Without a URL, the store is a new SQLite file in the folder."""
    file = folder / "backfill.toml"
    file.write_text(text)
    return load(
        {**TOKENS, "BACKFILL_CONFIG": str(file), "DATABASE_URL": url or f"sqlite+aiosqlite:///{folder}/store.db"}
    )


@asynccontextmanager
async def bot_services(text: str, url: str = "") -> AsyncIterator[Services]:
    """The services of the use-cases, on real servers but for Slack: messages, files and dialogs go to fakes."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        read = loaded(folder, text, url)
        opening = open_services(read, make_client(read), make_temporals(read), lambda _: None)
        services = await stack.enter_async_context(opening)
        yield replace(services, channel=FakeChannel(utc_now), files=FakeFiles(), modals=FakeModals(), people=people())
