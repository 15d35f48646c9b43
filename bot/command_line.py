"""Parses the command line, and explains mistakes in it."""

import argparse
import difflib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from bot import __version__
from bot.blocks import init_questions
from bot.commands import SLASH
from bot.fleet.onboarding.questions import Topic
from bot.model.transport import Transport


class Task(StrEnum):
    """What the process can do. Each value is the word that people type for it."""

    RUN = "run"
    CHECK = "check"
    MANIFEST = "manifest"
    INIT = "init"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Program:
    """One way to start the process. ``typed`` is what people type for it. ``default`` is the task if they name none;
    None means that the process prints the help."""

    typed: str
    default: Task | None


MODULE = Program("python -m bot", Task.RUN)
CONSOLE = Program("backfill-bot", None)

_TASKS = """Commands:
  init       ask where your systems are, look at the last runs and tables, and write backfill.toml and .env
  run        serve: answer in Slack, watch the clusters, post alerts and digests
  check      ask Slack, the clusters and the store whether they answer, and what is wrong; changes nothing
  report     write the operations log of a day as Markdown, to a file (-o) or to the terminal
  manifest   print the Slack app that the bot needs, to paste at Slack

"""
_EXIT_CODES = """Exit codes:
  0 fine, 1 something around the bot is wrong, 2 the configuration or the command line is,
  3 stopped at once by a second signal"""


# Secrets have no flag: the arguments of a process can be read by others.
_FLAGS = tuple(topic for topic in Topic if not topic.is_secret)


@dataclass(frozen=True, slots=True)
class CommandLine:
    """One parsed command line. ``url`` is for the manifest of HTTP mode only; ``env_file`` None means ``.env``.
    ``given`` are answers to the questions of init. ``day`` (None: today) and ``output`` (None: the terminal) are for
    the report."""

    task: Task
    transport: Transport
    url: str
    env_file: Path | None
    given: Mapping[Topic, str] = field(default_factory=dict)
    day: date | None = None
    output: Path | None = None


def read(arguments: Sequence[str], program: Program) -> CommandLine:
    """Parse the arguments. As argparse does, end the process with 0 after help and version, and with 2 after a usage
    error."""
    parser = _parser(program)
    options = parser.parse_args(arguments)
    if program.default is None and not arguments:
        parser.print_help(sys.stdout)
        parser.exit()
    task = _task(options.task, program)
    if task is None:
        parser.error(_unknown_task(options.task, program))
    is_manifest_over_http = options.http and task is Task.MANIFEST
    if is_manifest_over_http != bool(options.url):
        parser.error("manifest --http and --url https://HOST belong together")
    if options.url and not options.url.startswith("https://"):
        parser.error("--url: Slack sends requests to https:// addresses only")
    given = {topic: text for topic in _FLAGS if (text := getattr(options, topic.name)) is not None}
    if given and task is not Task.INIT:
        parser.error(f"--{next(iter(given))} is for init")
    if (options.date or options.output) and task is not Task.REPORT:
        parser.error("--date and --output are for report")
    transport = Transport.HTTP if options.http else Transport.SOCKET_MODE
    return CommandLine(task, transport, options.url, options.env_file, given, options.date, options.output)


def _parser(program: Program) -> argparse.ArgumentParser:
    default = f" (default: {program.default})" if program.default else ""
    parser = argparse.ArgumentParser(
        prog=program.typed,
        description="A Slack bot that watches, explains and verifies data backfills on Temporal.",
        epilog=_TASKS + _EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "task", nargs="?", metavar="command", help=f"init, run, check, report or manifest, see below{default}"
    )
    parser.add_argument("--http", action="store_true", help="HTTP mode: Slack sends requests to the bot")
    parser.add_argument("--url", default="", help="for manifest --http: where Slack reaches the bot, as https://HOST")
    parser.add_argument(
        "--env-file", type=Path, help="variables that the environment does not set; default: .env in this directory"
    )
    parser.add_argument("--date", type=_day, metavar="D", help="for report: the day, as 2026-02-21; default: today")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="for report: the file to write")
    answers = parser.add_argument_group("answers for init", "what it would ask, for where nobody can be asked")
    for topic in _FLAGS:
        answers.add_argument(f"--{topic}", dest=topic.name, metavar="…", help=init_questions.flag_help(topic))
    parser.add_argument("--version", action="version", version=f"backfill-bot {__version__}")
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2026-02-21") from None


def _task(word: str | None, program: Program) -> Task | None:
    if word is None:
        return program.default
    return Task(word) if word in list(Task) else None


def _unknown_task(word: str | None, program: Program) -> str:
    """The message for a word that is no task, or for no word at all."""
    commands = f"The commands are {', '.join(Task)}; {program.typed} --help explains them."
    if word is None:
        return f"name a command. {commands}"
    # Imported here because it takes a second, and only this mistake needs it.
    from handlers.routes import COMMANDS  # noqa: PLC0415

    if word in [command.word() for command in COMMANDS if command.word() != "help"]:
        return f'"{word}" is a command for Slack: type {SLASH} {word} there. {commands}'
    similar = difflib.get_close_matches(word.lower(), list(Task), n=1)
    hint = f" Did you mean {program.typed} {similar[0]}?" if similar else ""
    return f'there is no command "{word}".{hint} {commands}'
