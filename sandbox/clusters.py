"""Starts and restarts the servers of the clusters: one Temporal for all, a ClickHouse for each, and the worker."""

import asyncio
import importlib.util
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial

import aiohttp
from temporalio.client import Client
from temporalio.converter import DataConverter

from sandbox.control import ClusterRelays
from sandbox.data_dir import DataDir
from sandbox.errors import MissingPart
from sandbox.javascript_worker import Addresses, in_javascript, node_command, orders
from sandbox.processes import Processes
from sandbox.relay import HOST, Relay
from sandbox.restarts import Server, Start, process_name
from sandbox.scenario.load import ScenarioFile
from sandbox.scenario.model import Scenario
from sandbox.source_rows import make_source_rows
from sandbox.temporal_server import (
    Namespaces,
    TemporalPorts,
    temporal_binary,
    temporal_clients,
    temporal_command,
    temporal_ports,
)
from sandbox.worker.contract import WorkerConfig
from sandbox.worker.shapes import SHAPES

# Go then collects garbage less often: the server needs a sixth less processor time, and about 100 MB more memory.
TEMPORAL_ENVIRONMENT = {"GOGC": "400"}
WORKER = "worker"
JAVASCRIPT_WORKER = "worker-javascript"


@dataclass(frozen=True)
class Clusters:
    """The started servers. The addresses are the servers' own, not those of the relays in front of them. `clients`
    and `clickhouse_ports` have one entry for each cluster."""

    temporal: TemporalPorts
    namespaces: Namespaces
    clients: Mapping[str, Client]
    clickhouse_ports: Mapping[str, int]

    def clickhouse_url(self, cluster: str) -> str:
        return f"http://{HOST}:{self.clickhouse_ports[cluster]}/"


async def start_clusters(processes: Processes, data: DataDir, scenario: Scenario, codec_url: str) -> Clusters:
    """Starts all servers and waits until they answer. Raises MissingPart, or an ExceptionGroup with the errors of the
    servers."""
    ports, names = temporal_ports(), list(scenario.clusters)
    if importlib.util.find_spec("chdb") is None:
        raise MissingPart("the ClickHouse engine is not installed: pip install chdb")
    namespaces = _namespaces(scenario, codec_url)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(_start_temporal(processes, data, ports, namespaces))
        found = {name: group.create_task(_start_clickhouse(processes, data, name)) for name in names}
    by_namespace = waiting.result()
    clients = {
        name: _with_codec(by_namespace[scenario.namespace(name)], SHAPES[cluster.shape].data_converter)
        for name, cluster in scenario.clusters.items()
    }
    return Clusters(ports, namespaces, clients, {name: task.result() for name, task in found.items()})


def _namespaces(scenario: Scenario, codec_url: str) -> Namespaces:
    shapes = (SHAPES[cluster.shape] for cluster in scenario.clusters.values())
    attributes = dict.fromkeys(name for shape in shapes for name in shape.search_attributes)
    return Namespaces(scenario.namespaces, tuple(attributes), codec_url)


def _with_codec(client: Client, data_converter: DataConverter) -> Client:
    return Client(client.service_client, namespace=client.namespace, data_converter=data_converter)


def server_starts(processes: Processes, data: DataDir, clusters: Clusters) -> dict[str, Start]:
    """For each server, by the name of its process, a function that starts it again on the same port and with the same
    data."""
    ports = clusters.clickhouse_ports
    again = {
        process_name(Server.CLICKHOUSE, name): partial(_start_clickhouse, processes, data, name, ports[name])
        for name in ports
    }
    return {
        process_name(Server.TEMPORAL): partial(
            _start_temporal, processes, data, clusters.temporal, clusters.namespaces
        ),
        **again,
    }


async def _start_temporal(
    processes: Processes, data: DataDir, ports: TemporalPorts, namespaces: Namespaces
) -> dict[str, Client]:
    """Starts the Temporal server, and returns a client for each namespace."""
    command = temporal_command(temporal_binary(), ports, data.temporal_db, namespaces)
    await processes.start(process_name(Server.TEMPORAL), command, TEMPORAL_ENVIRONMENT)
    return await temporal_clients(ports, namespaces.names)


async def _start_clickhouse(processes: Processes, data: DataDir, cluster: str, port: int = 0) -> int:
    """Starts one cluster's ClickHouse. Returns its port once it answers."""
    command = [sys.executable, "-m", "sandbox.clickhouse", "--path", str(data.clickhouse(cluster))]
    _, listening = await processes.start_and_read_line(
        process_name(Server.CLICKHOUSE, cluster), [*command, "--port", str(port)]
    )
    async with aiohttp.ClientSession() as session, session.get(f"http://{HOST}:{listening}/ping") as answer:
        answer.raise_for_status()
    return int(listening)


async def start_worker(
    processes: Processes, data: DataDir, scenario: ScenarioFile, clusters: Clusters, speed: float
) -> None:
    """Starts the Python worker, which serves all clusters but those that a worker in another language serves."""
    config = WorkerConfig(
        temporal=clusters.temporal.address,
        clickhouse={name: clusters.clickhouse_url(name) for name in clusters.clickhouse_ports},
        scenario=scenario.text,
        speed=speed,
        elsewhere=in_javascript(scenario.scenario) if node_command() else (),
    )
    file = data.path / "worker.json"
    file.write_text(config.model_dump_json(), "utf-8")
    await processes.start(WORKER, [sys.executable, "-m", "sandbox.worker", "--orders", str(file)])


async def start_javascript_worker(
    processes: Processes, data: DataDir, scenario: Scenario, clusters: Clusters, speed: float
) -> None:
    """Starts the JavaScript worker, if it is installed and a cluster needs it."""
    command = node_command()
    if command is None or not in_javascript(scenario):
        return
    urls = {name: clusters.clickhouse_url(name) for name in clusters.clickhouse_ports}
    file = data.path / "worker-javascript.json"
    file.write_text(orders(scenario, Addresses(clusters.temporal.address, urls), speed), "utf-8")
    await processes.start(JAVASCRIPT_WORKER, [*command, str(file)])


async def fill_sources(clusters: Clusters, scenario: Scenario) -> None:
    """Makes the source rows of all clusters. Raises an ExceptionGroup with NotReady."""
    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
        for name, cluster in scenario.clusters.items():
            url = clusters.clickhouse_url(name)
            group.create_task(make_source_rows(session, url, cluster.customers, scenario.campaign, scenario.rows))


async def open_relays(stack: AsyncExitStack, clusters: Clusters) -> dict[str, ClusterRelays]:
    return {
        name: ClusterRelays(
            temporal=await stack.enter_async_context(Relay(clusters.temporal.grpc)),
            clickhouse=await stack.enter_async_context(Relay(port)),
        )
        for name, port in clusters.clickhouse_ports.items()
    }
