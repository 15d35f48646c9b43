"""Starts a world in order, reports when it is ready, and takes it down."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from local_slack import LocalSlack, Setting
from sandbox.bot_files import ClusterAddresses, Team, backfill_toml, database_url, environment_file
from sandbox.bot_transport import BotTransport
from sandbox.clusters import (
    JAVASCRIPT_WORKER,
    WORKER,
    Clusters,
    fill_sources,
    open_relays,
    server_starts,
    start_clusters,
    start_javascript_worker,
    start_worker,
)
from sandbox.codec_server import CodecServer
from sandbox.control import ClusterRelays, Control
from sandbox.data_dir import DataDir
from sandbox.errors import ChildDied
from sandbox.javascript_worker import in_javascript, node_command
from sandbox.options import Options
from sandbox.processes import Processes
from sandbox.relay import HOST
from sandbox.restarts import Restarts, Start
from sandbox.scenario.load import ScenarioFile
from sandbox.scenario.model import Shape
from sandbox.scenario.runs import runs
from sandbox.seeding import Seeding
from sandbox.slack_seed import PEOPLE, with_manifest

PROJECT = Path(__file__).parent.parent
BOT = "bot"
# A bot or worker that dies sooner than this ends the world. One that has lived longer is started again, as by a
# platform that runs a Procfile.
LIVES_AT_LEAST_SECONDS = 5

Note = Callable[[str], None]


class World:
    """All parts of the sandbox. They start in order. `note` shows short lines of progress at the terminal."""

    def __init__(self, options: Options, scenario: ScenarioFile, data: DataDir, note: Note) -> None:
        self._options = options
        self._file = scenario
        self._scenario = scenario.scenario
        self._data = data
        self._note = note
        self._relays: dict[str, ClusterRelays] = {}
        self._clusters: Clusters | None = None
        self._codec_url = ""
        self._variables: dict[str, str] = {}
        self._bot_transport = BotTransport.by_requests() if options.http else BotTransport(None)
        self._is_ready = False
        self.processes = Processes(data.logs, PROJECT)
        self._starts: dict[str, Start] = {}
        self._restarts = Restarts(self.processes, self._starts)

    async def live(self, ready: Callable[[str], None]) -> None:
        """Runs the world until cancelled.

        Calls `ready` once with the address of the page. Raises the error of a part that cannot start, such as the
        local Slack's PortInUse, or of a server that cannot be restarted.
        """
        async with AsyncExitStack() as stack:
            control = Control(self._relays, self._describe, self._restarts)
            setting = Setting(seed=await with_manifest(PEOPLE, PROJECT))
            slack = await stack.enter_async_context(
                LocalSlack(port=self._options.slack_port, extra_routes=control.routes(), setting=setting)
            )
            try:
                if any(cluster.shape is Shape.CODEC for cluster in self._scenario.clusters.values()):
                    self._codec_url = (await stack.enter_async_context(CodecServer())).url
                clusters = await self._start(stack, slack)
                self._is_ready = True
                self._starts.update(server_starts(self.processes, self._data, clusters))
                ready(slack.url)
                raise await self._restarts.failure()
            finally:
                try:
                    await self._restarts.stop()
                finally:
                    await self.processes.stop()

    async def death(self) -> ChildDied:
        """Waits until the world has to end because a process has ended by itself. Returns how that process ended.

        Once the world is ready, a bot or worker that has lived for a while does not end the world: when its process
        ends, it is started again.
        """
        again = {
            BOT: self._start_bot,
            WORKER: self._start_worker,
            JAVASCRIPT_WORKER: self._start_javascript_worker,
        }
        while True:
            child = await self.processes.next_death()
            if child.name not in again or not self._is_ready or child.age < LIVES_AT_LEAST_SECONDS:
                return child.death
            self._note(f"the {child.name} ended with status {child.process.returncode}; starting it again")
            await again[child.name]()

    async def _start(self, stack: AsyncExitStack, slack: LocalSlack) -> Clusters:
        seeding = await self._start_fleet()
        assert self._clusters is not None
        self._relays.update(await open_relays(stack, self._clusters))
        self._variables = self._write_bot_files(slack, self._clusters)
        if self._options.env_file is None:
            self._note("starting the bot and waiting until it has connected to Slack")
            await self._start_bot()
            await self._bot_transport.wait_until_connected(slack)
        # The running workflows are submitted last, so that people can watch them from the start.
        if not self._data.continued:
            await seeding.submit_running(runs(self._scenario))
            self._data.mark_finished(self._file)
        if self._options.env_file is not None:
            self._options.env_file.write_text(environment_file(self._variables), "utf-8")
            bot_transport = asyncio.create_task(self._bot_transport.connect_when_ready(slack))
            stack.callback(bot_transport.cancel)
        return self._clusters

    async def _start_fleet(self) -> Seeding:
        """Starts Temporal, ClickHouse and the workers. In a new world also fills the sources, and submits the
        finished and cancelled runs."""
        names = ", ".join(self._scenario.clusters)
        self._note(f"starting Temporal and ClickHouse for {names}")
        self._clusters = await start_clusters(self.processes, self._data, self._scenario, self._codec_url)
        if not self._data.continued:
            customers = sum(len(cluster.customers) for cluster in self._scenario.clusters.values())
            self._note(f"filling the sources of {customers} customers")
            await fill_sources(self._clusters, self._scenario)
        self._note("starting the worker that copies rows")
        await self._start_worker()
        await self._start_javascript_worker()
        seeding = Seeding(self._clusters.clients, self._scenario.clusters)
        if self._data.continued:
            self._note(f"continuing the world in {self._data.path}")
        else:
            self._note("playing what is over when the story begins")
            await seeding.submit_finished(runs(self._scenario))
        return seeding

    async def _start_worker(self) -> None:
        assert self._clusters is not None
        await start_worker(self.processes, self._data, self._file, self._clusters, self._options.speed)

    async def _start_javascript_worker(self) -> None:
        assert self._clusters is not None
        if (names := in_javascript(self._scenario)) and not node_command():
            self._note(f"no JavaScript worker is installed: the one in Python works on {' and '.join(names)}")
        await start_javascript_worker(self.processes, self._data, self._scenario, self._clusters, self._options.speed)

    async def _start_bot(self) -> None:
        await self.processes.start(BOT, self._bot_transport.command, self._variables)

    def _write_bot_files(self, slack: LocalSlack, clusters: Clusters) -> dict[str, str]:
        """Writes backfill.toml to the data directory; returns the environment that belongs to it."""
        team = Team(slack.channels["backfills"], [slack.users["olivia"]], [slack.user_groups["data-oncall"]])
        addresses = {
            name: ClusterAddresses(
                temporal=f"{HOST}:{relays.temporal.port}",
                temporal_ui=clusters.temporal.ui_url,
                clickhouse=f"http://{HOST}:{relays.clickhouse.port}",
                codec=self._codec_url if self._scenario.clusters[name].shape is Shape.CODEC else "",
            )
            for name, relays in self._relays.items()
        }
        config = self._data.path / "backfill.toml"
        config.write_text(backfill_toml(self._scenario, addresses, team, self._options.speed), "utf-8")
        return {
            "SLACK_BOT_TOKEN": slack.bot_token,
            **self._bot_transport.variables(slack),
            "SLACK_API_URL": slack.api_url,
            "BACKFILL_CONFIG": str(config),
            "DATABASE_URL": database_url(self._data.bot_db),
            "LOG_FORMAT": "console",
        }

    def _describe(self) -> dict[str, Any] | None:
        if self._clusters is None or not self._relays:
            return None
        campaign = self._scenario.campaign
        return {
            "scenario": self._file.name,
            "speed": self._options.speed,
            "campaign": {"start": str(campaign.start), "end": str(campaign.end), "timezone": campaign.timezone},
            "data": str(self._data.path),
            "clusters": {name: self._describe_cluster(name, self._clusters) for name in self._scenario.clusters},
            "codec": self._codec_url,
            "processes": self.processes.pids,
        }

    def _describe_cluster(self, name: str, clusters: Clusters) -> dict[str, Any]:
        relays, namespace = self._relays[name], self._scenario.namespace(name)
        return {
            "customers": list(self._scenario.clusters[name].customers),
            "shape": self._scenario.clusters[name].shape,
            "namespace": namespace,
            "temporal": {
                "relay": f"{HOST}:{relays.temporal.port}",
                "direct": clusters.temporal.address,
                "ui": f"{clusters.temporal.ui_url}/namespaces/{namespace}",
            },
            "clickhouse": {
                "relay": f"http://{HOST}:{relays.clickhouse.port}/",
                "direct": clusters.clickhouse_url(name),
            },
        }
