"""``python -m bot`` runs the bot. ``python -m bot check`` checks everything around it, ``python -m bot init`` writes
a first configuration, ``python -m bot report`` writes the operations log of a day, and ``python -m bot manifest``
prints the Slack app that the bot needs; ``--http`` is for HTTP mode instead of Socket Mode. The console command
``backfill-bot`` (`bot/console.py`) has the same tasks, but no default: it prints its help if it has no arguments.

Exit codes: 0: all is well. 1: something around the bot is wrong, ``init`` wrote files with parts still to be filled
in, or the bot has a defect. 2: the configuration or the command line is wrong. 3: a second signal ended the bot at
once. 130: a signal interrupted the questions of ``init``. 128 plus the number of a signal: the signal came before
these questions, or during ``check``, ``report`` or ``manifest``.
"""

import sys

from bot.signals import StopSignals
from bot.streams import flush_streams, open_streams, write_report

if __name__ == "__main__":
    open_streams()
    # The imports below take seconds, in which the process may be asked to stop.
    _signals = StopSignals.installed_for(sys.argv[1:])

import logging
import os
from collections.abc import MutableMapping, Sequence
from typing import NoReturn

from bot.command_line import MODULE, CommandLine, Program, Task, read
from bot.errors import BackfillBotError, ConfigError, new_reference
from bot.garbage import uncollected
from bot.redaction import redact

# The exit code that shells report for a process that SIGINT has ended.
INTERRUPTED = 130


def main(
    arguments: Sequence[str],
    environ: MutableMapping[str, str],
    signals: StopSignals | None = None,
    program: Program = MODULE,
) -> int:
    """Carry out one command line and return the exit code. Variables of the .env file are added to ``environ``."""
    command_line, signals = read(arguments, program), signals or StopSignals()
    # Each task imports what it needs alone. Temporal, Slack and the store take seconds.
    if command_line.task is Task.MANIFEST:
        return _manifest(command_line, environ)
    if command_line.task is Task.INIT:
        return _init(command_line, environ, signals, program)
    try:
        with uncollected():
            from bot.run_command import run_configured  # noqa: PLC0415

        return run_configured(command_line, environ, signals)
    except ConfigError as exc:
        sys.stderr.write("".join(f"{redact(mistake)}\n" for mistake in exc.mistakes))
        return 2
    except BackfillBotError as exc:
        sys.stderr.write(f"backfill-bot cannot run. {redact(str(exc))}\n")
        return 1


def _manifest(command_line: CommandLine, environ: MutableMapping[str, str]) -> int:
    """Print the manifest; return 1 if stdout cannot be written. If the configuration exists already, the manifest
    also lists the domains of the clusters' web UIs, so that the bot can unfurl links to them."""
    from bot import manifest  # noqa: PLC0415
    from bot.link_domains import temporal_uis  # noqa: PLC0415

    return 0 if write_report(manifest.text(command_line.url, temporal_uis(environ)) + "\n") else 1


def _init(
    command_line: CommandLine, environ: MutableMapping[str, str], signals: StopSignals, program: Program
) -> int:
    """Ask, then write the configuration and the .env file; return the exit code. A signal during the questions ends
    the task: the terminal gets its echo back, and no file is written. The first signal while the files are written is
    ignored."""
    import asyncio  # noqa: PLC0415

    with uncollected():
        from bot.blocks.init_report import STOPPED  # noqa: PLC0415
        from bot.config import USUAL, read_env_file  # noqa: PLC0415
        from bot.init_command import InitOptions, propose, write  # noqa: PLC0415

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


def run_and_leave(signals: StopSignals, program: Program, arguments: Sequence[str]) -> NoReturn:
    """Carry out one command line, and end the process without finalizing the interpreter. Everything is closed by
    then, and a thread of the Temporal client that waits for the GIL would block finalization for ever
    (https://docs.python.org/3/c-api/init.html#c.Py_FinalizeEx)."""
    try:
        code = main(arguments, os.environ, signals, program)
    except Exception:  # noqa: BLE001
        import structlog  # noqa: PLC0415

        structlog.get_logger(__name__).exception("ended by a defect", reference=new_reference())
        code = 1
    signals.ignore()
    logging.shutdown()
    flush_streams()
    os._exit(code)


if __name__ == "__main__":
    run_and_leave(_signals, MODULE, sys.argv[1:])
