"""Runs ``backfill-bot run``, ``check`` and ``report``: reads the configuration, then serves until it is asked to
stop, or checks everything around the bot, or writes the report of a day."""

import asyncio
from collections.abc import Coroutine, MutableMapping
from contextlib import AbstractAsyncContextManager

import structlog
from slack_bolt.app.async_app import AsyncApp
from temporalio.client import Client

from bot import logs
from bot.adapters.slack import translate_errors
from bot.background.loop_watchdog import watched_loop
from bot.background.periodic import Job, run_periodically
from bot.background.scheduler import running_jobs
from bot.blocks.check_report import report
from bot.command_line import CommandLine, Task
from bot.computing import switch_threads_soon
from bot.config import USUAL, Loaded, Transport, load, read_env_file
from bot.fleet.diagnostics.findings import exit_code
from bot.garbage import exempt_from_collection
from bot.in_flight import InFlight
from bot.report_command import write_day
from bot.sequences.worker import working
from bot.shutdown import Shutdown
from bot.signals import StopSignals
from bot.streams import write_report
from bot.usecases.check import check
from bot.usecases.mapping_mistakes import mapping_mistakes
from bot.wiring import make_client, make_temporals, open_probes, open_services
from handlers.listeners.home import REFRESH_EVERY, HomeTabs
from handlers.listeners.register import register
from handlers.transport.bolt_app import bolt_app
from handlers.transport.http import ListenAddress, serve_http
from handlers.transport.socket_mode import socket_mode_connection

_log = structlog.get_logger(__name__)


def run_configured(command_line: CommandLine, environ: MutableMapping[str, str], signals: StopSignals) -> int:
    """Carry out the task and return the exit code. Raises ConfigError, and BackfillBotError where the bot cannot
    run."""
    env_file = read_env_file(command_line.env_file or USUAL, is_needed=command_line.env_file is not None)
    env_file.fill_in(environ)
    loaded = load(environ, command_line.transport, env_file, mapping_mistakes)
    logs.set_up(loaded.settings, loaded.secrets())
    switch_threads_soon()
    exempt_from_collection()
    if command_line.task is Task.REPORT:
        return write_day(loaded, command_line.day, command_line.output)
    return asyncio.run(_check(loaded) if command_line.task is Task.CHECK else _run(loaded, signals))


async def _run(loaded: Loaded, signals: StopSignals) -> int:
    """Serve until a signal asks the bot to stop, or until the store is gone. Returns the exit code. The watchdog and
    the signals cover start and shutdown too."""
    shutdown, loop = Shutdown(), asyncio.get_running_loop()
    for line in loaded.config.watch.keys_without_effect:
        _log.warning("configuration", mistake=line)
    with watched_loop(), signals.delivered_to(lambda: loop.call_soon_threadsafe(shutdown.request)):
        try:
            await _serve_until(shutdown, loaded)
        except asyncio.CancelledError:
            if not shutdown.is_requested:
                raise
    if shutdown.problem is not None:
        _log.error("ended: the store is gone", reason=str(shutdown.problem))
        return 1
    _log.info("stopped")
    return 0


async def _serve_until(shutdown: Shutdown, loaded: Loaded) -> None:
    client, temporals, in_flight = make_client(loaded), make_temporals(loaded), InFlight()

    async def client_of(cluster: str) -> Client:
        return await temporals[cluster].worker_client()

    async with (
        open_services(loaded, client, temporals, shutdown.abort) as services,
        shutdown.after_start(),
        # Answers and passes query sequences, so the workers start before them and end after them.
        working(services, client_of),
        # The jobs start before Slack is connected: while Slack cannot be reached, the outbox keeps their messages.
        running_jobs(services, in_flight),
    ):
        app, home_tabs = bolt_app(client), HomeTabs(services)
        register(app, services, in_flight, home_tabs)
        async with run_periodically([Job("home tabs", REFRESH_EVERY, home_tabs.refresh)]):
            await _run_until(shutdown.requested(), _serve(_transport(app, loaded)))


def _transport(app: AsyncApp, loaded: Loaded) -> AbstractAsyncContextManager[object]:
    """The transport that delivers while its block is open: the HTTP server, or the Socket Mode connection."""
    settings = loaded.settings
    if loaded.transport is Transport.HTTP:
        address = ListenAddress(settings.listen_host, settings.port)
        return serve_http(app, settings.slack_signing_secret.get_secret_value(), address)
    return socket_mode_connection(app, settings.slack_app_token.get_secret_value(), translate_errors)


async def _serve(transport: AbstractAsyncContextManager[object]) -> None:
    async with transport:
        await asyncio.Event().wait()


async def _run_until(requested: Coroutine[None, None, None], serving: Coroutine[None, None, None]) -> None:
    """Serve until a stop is requested. Raises the error that ends serving sooner."""
    tasks = asyncio.create_task(serving), asyncio.create_task(requested)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if tasks[0].done():
            tasks[0].result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _check(loaded: Loaded) -> int:
    async with open_probes(loaded, make_client(loaded)) as probes:
        findings = await check(probes)
    return exit_code(findings) if write_report(report(findings) + "\n") else 1
