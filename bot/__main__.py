"""``python -m bot`` runs the bot. ``python -m bot check`` checks everything around it, ``python -m bot init`` writes
a first configuration, ``python -m bot report`` writes the operations log of a day, and ``python -m bot manifest``
prints the Slack app that the bot needs; ``--http`` is for HTTP mode instead of Socket Mode. The console command
``backfill-bot`` (`bot/console.py`) does the same.

Exit codes: 0 fine, 1 something around the bot is wrong, 2 the configuration or the command line is wrong, 3 stopped
at once by a second signal.
"""

import sys

from bot.signals import StopSignals
from bot.streams import flush_streams, open_streams, write_report

if __name__ == "__main__":
    open_streams()
    # The imports below take seconds, in which the process may be asked to stop.
    _signals = StopSignals.installed_for(sys.argv[1:])

import asyncio
import logging
import os
from collections.abc import Coroutine, MutableMapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import NoReturn

import structlog
from slack_bolt.app.async_app import AsyncApp
from temporalio.client import Client

from bot import logs, manifest
from bot.adapters.slack import translate_errors
from bot.background.loop_watchdog import watched_loop
from bot.background.periodic import Job, run_periodically
from bot.background.scheduler import running_jobs
from bot.blocks.check_report import report
from bot.blocks.init_report import STOPPED
from bot.command_line import MODULE, CommandLine, Program, Task, read
from bot.computing import exempt_from_collection, switch_threads_soon
from bot.config import USUAL, Loaded, Transport, load, read_env_file
from bot.errors import BackfillBotError, ConfigError, new_reference
from bot.fleet.diagnostics.findings import exit_code
from bot.in_flight import InFlight
from bot.init_command import InitOptions, propose, write
from bot.redaction import redact
from bot.report_command import write_day
from bot.sequences.worker import working
from bot.shutdown import Shutdown
from bot.usecases.check import check
from bot.usecases.definitions import mapping_mistakes
from bot.wiring import make_client, make_temporals, open_probes, open_services
from handlers.listeners.home import REFRESH_EVERY, HomeTabs
from handlers.listeners.register import register
from handlers.transport.bolt_app import bolt_app
from handlers.transport.http import ListenAddress, serve_http
from handlers.transport.socket_mode import socket_mode_connection

# As a shell reports a process that SIGINT has ended.
INTERRUPTED = 130

_log = structlog.get_logger(__name__)


def main(
    arguments: Sequence[str],
    environ: MutableMapping[str, str],
    signals: StopSignals | None = None,
    program: Program = MODULE,
) -> int:
    """Carry out one command line and return the exit code. Variables of the .env file are added to ``environ``."""
    command_line = read(arguments, program)
    if command_line.task is Task.MANIFEST:
        return 0 if write_report(manifest.text(command_line.url) + "\n") else 1
    if command_line.task is Task.INIT:
        return _init(command_line, environ, signals or StopSignals(), program)
    try:
        env_file = read_env_file(command_line.env_file or USUAL, is_needed=command_line.env_file is not None)
        env_file.fill_in(environ)
        loaded = load(environ, command_line.transport, env_file, mapping_mistakes)
        logs.set_up(loaded.settings, loaded.secrets())
        switch_threads_soon()
        exempt_from_collection()
        if command_line.task is Task.REPORT:
            return write_day(loaded, command_line.day, command_line.output)
        return asyncio.run(
            _check(loaded) if command_line.task is Task.CHECK else _run(loaded, signals or StopSignals())
        )
    except ConfigError as exc:
        sys.stderr.write("".join(f"{redact(mistake)}\n" for mistake in exc.mistakes))
        return 2
    except BackfillBotError as exc:
        sys.stderr.write(f"backfill-bot cannot run. {redact(str(exc))}\n")
        return 1


def _init(
    command_line: CommandLine, environ: MutableMapping[str, str], signals: StopSignals, program: Program
) -> int:
    """A signal interrupts a question: the terminal gets its echo back, and no file has been written. Once both files
    are being written, signals are ignored."""
    options = InitOptions(command_line.given, command_line.env_file or USUAL, program.typed)
    read_env_file(options.env_file, is_needed=False).fill_in(environ)
    try:
        with signals.delivered_to(_interrupt):
            proposed = asyncio.run(propose(options, environ))
        return write(proposed, options, environ)
    except KeyboardInterrupt:
        sys.stderr.write(f"\n{STOPPED}\n")
        return INTERRUPTED
    except ConfigError as exc:
        sys.stderr.write("".join(f"{redact(mistake)}\n" for mistake in exc.mistakes))
        return 2
    except BackfillBotError as exc:
        sys.stderr.write(f"{redact(str(exc))}\n")
        return 1


def _interrupt() -> None:
    raise KeyboardInterrupt


async def _run(loaded: Loaded, signals: StopSignals) -> int:
    """Serve until a signal asks the bot to stop. The watchdog and the signals cover start and shutdown too."""
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
        # The jobs start before Slack is connected: the outbox keeps their messages until it is.
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


def run_and_leave(signals: StopSignals, program: Program, arguments: Sequence[str]) -> NoReturn:
    """Carry out one command line, and end the process without finalizing the interpreter. Everything is closed by
    then, and a thread of the Temporal client that waits for the GIL would block finalization for ever
    (https://docs.python.org/3/c-api/init.html#c.Py_FinalizeEx)."""
    try:
        code = main(arguments, os.environ, signals, program)
    except Exception:  # noqa: BLE001
        _log.exception("ended by a defect", reference=new_reference())
        code = 1
    signals.ignore()
    logging.shutdown()
    flush_streams()
    os._exit(code)


if __name__ == "__main__":
    run_and_leave(_signals, MODULE, sys.argv[1:])
