"""The command line of `python -m local_slack`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

DEFAULT_PORT = 8484


@dataclass(frozen=True)
class Options:
    port: int = DEFAULT_PORT
    workspace: Path | None = None
    command: str | None = None
    """The slash command of the app; None means the workspace's own."""
    request_url: str | None = None
    """The URL at which the app accepts signed requests; None means Socket Mode."""


def read_options(arguments: Sequence[str]) -> Options:
    """Reads the command line. Exits with a usage error for an invalid option."""
    parser = argparse.ArgumentParser(
        prog="python -m local_slack",
        description="A strict Slack on this machine, for one app, until Ctrl-C. It prints the app's environment.",
    )
    parser.add_argument(
        "--port", type=_port, default=DEFAULT_PORT, help=f"default {DEFAULT_PORT}; 0 takes a free port"
    )
    parser.add_argument("--workspace", type=Path, metavar="FILE", help="a TOML file with people and channels")
    parser.add_argument("--command", type=_command, metavar="/NAME", help="the slash command of the app")
    parser.add_argument(
        "--request-url", type=_url, metavar="URL", help="deliver by signed requests to URL, not by Socket Mode"
    )
    given = parser.parse_args(arguments)
    return Options(given.port, given.workspace, given.command, given.request_url)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, 0 to 65535")
    return int(text)


def _command(text: str) -> str:
    if not is_command(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a command such as /hello")
    return text


def is_command(text: str) -> bool:
    """Whether Slack accepts the text as a slash command: short, in lower case and without spaces."""
    name = text.removeprefix("/")
    return text != name and 0 < len(name) < 32 and name == name.lower() and not set(name) & set("/ \t\n")


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        complete = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        complete = False
    if not complete:
        raise argparse.ArgumentTypeError(f"{text!r} is not a URL such as http://127.0.0.1:3000/slack/events")
    return text
