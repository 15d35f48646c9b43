"""The console command ``backfill-bot``. Unlike ``python -m bot`` it works in every directory, and prints its help
if it has no arguments."""

import sys
from typing import NoReturn

from bot.signals import StopSignals


def main() -> NoReturn:
    """Carry out the command line of this process, and end the process with the exit code."""
    arguments = sys.argv[1:]
    signals = StopSignals.installed_for(arguments)
    # These imports take seconds, in which the process may be asked to stop.
    from bot.__main__ import run_and_leave  # noqa: PLC0415
    from bot.command_line import CONSOLE  # noqa: PLC0415

    run_and_leave(signals, CONSOLE, arguments)
