"""``backfill-bot``: the console command. It is ``python -m bot`` by a shorter name that works in every directory."""

import sys
from typing import NoReturn

from bot.signals import StopSignals


def main() -> NoReturn:
    """Carry out the command line of this process, and end it with the exit code."""
    arguments = sys.argv[1:]
    signals = StopSignals.installed_for(arguments)
    # These imports take seconds, in which somebody may want it to stop.
    from bot.__main__ import run_and_leave  # noqa: PLC0415
    from bot.command_line import CONSOLE  # noqa: PLC0415

    run_and_leave(signals, CONSOLE, arguments)
