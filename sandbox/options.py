"""The command line of `python -m sandbox`."""

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

DEFAULT_SPEED = 120.0
DEFAULT_PORT = 8484


@dataclass(frozen=True)
class Options:
    scenario: str
    speed: float
    slack_port: int
    data: Path | None
    env_file: Path | None
    """With --no-bot: the file to which the bot's environment is written."""
    http: bool = False
    """Slack's deliveries reach the bot by requests, not by Socket Mode."""


def read_options(arguments: Sequence[str]) -> Options:
    """Reads the command line. Exits with a usage error for an invalid option, and if options contradict each
    other."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A local world for the bot.")
    parser.add_argument(
        "--scenario",
        default="morning",
        help="morning (default), monday, evening, foreign, or the path of a TOML file",
    )
    parser.add_argument(
        "--speed",
        type=_speed,
        default=DEFAULT_SPEED,
        help="how many times faster time runs (default 120: 1 h is 30 s)",
    )
    parser.add_argument("--slack-port", type=_port, default=DEFAULT_PORT, help="default 8484; 0 takes a free one")
    parser.add_argument("--data", type=Path, help="keep the world here, and continue the one that is here")
    parser.add_argument("--no-bot", action="store_true", help="start everything but the bot; needs --env-file")
    parser.add_argument("--env-file", type=Path, help="where to write the environment of a bot, with --no-bot")
    parser.add_argument("--http", action="store_true", help="the bot in HTTP mode, not in Socket Mode")
    given = parser.parse_args(arguments)
    if given.no_bot != (given.env_file is not None):
        parser.error("--no-bot and --env-file PATH belong together")
    if given.env_file is not None and not given.env_file.absolute().parent.is_dir():
        parser.error(f"--env-file: there is no directory {given.env_file.absolute().parent}")
    return Options(given.scenario, given.speed, given.slack_port, given.data, given.env_file, given.http)


def _speed(text: str) -> float:
    speed = _number(text)
    if not (math.isfinite(speed) and speed > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return speed


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, 0 to 65535")
    return int(text)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
