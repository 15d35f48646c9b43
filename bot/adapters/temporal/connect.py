"""Makes Temporal clients from an address in backfill.toml, or from a profile in Temporal's own configuration file."""

import logging
import os
import socket
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.service import RetryConfig

from bot.adapters.temporal.converter import data_converter
from bot.config import TemporalAddress
from bot.errors import Refused
from bot.redaction import redact

IDENTITY = "backfill-bot"
CORE_LOGGER = "temporalio.core"


def quiet_runtime() -> Runtime:
    """The runtime of the SDK's native core, shared by all clusters of a process. It logs through ``logging``, not to
    stdout, and only errors: a warning of the core about a failed connection would repeat the error that the bot's
    call raises."""
    only_errors = TelemetryFilter(core_level="ERROR", other_level="ERROR")
    to_logging = LogForwardingConfig(logging.getLogger(CORE_LOGGER))
    return Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(only_errors, forwarding=to_logging)))


async def connect(
    system: str, address: TemporalAddress, limit: timedelta, profiles: Path | None, runtime: Runtime | None
) -> Client:
    """A client that connects on first use, and reconnects when the server is back.

    ``profiles`` is Temporal's configuration file; None means the default location of Temporal's tools.
    """
    return await Client.connect(
        **connection(system, address, profiles),
        identity=IDENTITY,
        data_converter=data_converter,
        runtime=runtime,
        lazy=True,
        retry_config=_retries(limit),
    )


async def connect_for_worker(
    system: str, address: TemporalAddress, profiles: Path | None, runtime: Runtime | None, converter: DataConverter
) -> Client:
    """A connected client for a worker. It keeps the SDK's own retries: nobody waits for a worker's reports, and a
    report that is given up would cost the whole attempt of the activity. The identity names the process."""
    return await Client.connect(
        **connection(system, address, profiles),
        identity=f"{IDENTITY} {os.getpid()}@{socket.gethostname()}",
        data_converter=converter,
        runtime=runtime,
    )


def connection(system: str, address: TemporalAddress, profiles: Path | None) -> ClientConnectConfig:
    """The connection's settings; backfill.toml overrides the profile. Raises Refused when the profile is unusable."""
    config = _profile(system, address.profile, profiles) if address.profile else ClientConnectConfig()
    if address.address:
        config["target_host"] = address.address
    if address.namespace:
        config["namespace"] = address.namespace
    if not config.get("target_host"):
        raise Refused(system, f"profile {address.profile} has no address: add it there or in backfill.toml")
    return config


def _profile(system: str, name: str, profiles: Path | None) -> ClientConnectConfig:
    """The connection's settings in a profile. Ignores environment variables: one TEMPORAL_ADDRESS would redirect
    every cluster."""
    try:
        return ClientConfig.load_client_connect_config(
            profile=name, config_file=str(profiles) if profiles else None, disable_env=True
        )
    except (RuntimeError, OSError, ValueError) as exc:
        where = profiles or "Temporal's default configuration file"
        raise Refused(system, f"profile {name} of {where} cannot be used: {_first_line(exc)}") from exc


def _first_line(error: Exception) -> str:
    return redact(str(error)).splitlines()[0][:200] if str(error) else type(error).__name__


def _retries(limit: timedelta) -> RetryConfig:
    """How a client retries a call: twice, quickly, and within ``limit``. More is not needed, because every caller has
    a time limit of its own, and asks again later."""
    return RetryConfig(
        initial_interval_millis=50,
        max_interval_millis=500,
        max_retries=2,
        max_elapsed_time_millis=int(limit.total_seconds() * 1000),
    )
