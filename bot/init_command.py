"""Runs `backfill-bot init`: asks, examines runs and tables, shows what it would write, and writes backfill.toml and
.env.

It never overwrites a file: if one exists, it writes a new file beside it.
"""

import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from getpass import getpass
from pathlib import Path

from pydantic import SecretStr

from bot.adapters.clickhouse.catalog import ClickHouseCatalog
from bot.adapters.new_files import PRIVATE, READABLE, read_if_there, write_new
from bot.adapters.temporal import TemporalCluster, TemporalEngine, quiet_runtime
from bot.blocks import init_env, init_report, init_toml
from bot.config import ClickHouseAddress, Settings, TemporalAddress, mistakes_in, read_env_file
from bot.fleet.onboarding.draft import Draft
from bot.fleet.onboarding.facts import AnswersUnused, MistakesLeft, SectionsMissing
from bot.fleet.onboarding.questions import Topic
from bot.interviews import FlagInterview, TerminalInterview, check_flags
from bot.usecases.init.draft import draft_configuration
from bot.usecases.init.interview import Interview
from bot.usecases.init.systems import Systems
from bot.usecases.mapping_mistakes import mapping_mistakes
from bot.wiring import utc_now

# The time limit of each call to a system. It is short, because a person waits.
TIME_LIMIT = timedelta(seconds=15)
_CONFIG = "BACKFILL_CONFIG"
_TOKENS = (Topic.BOT_TOKEN.value, Topic.APP_TOKEN.value)


@dataclass(frozen=True, slots=True)
class InitOptions:
    """The options of the command line. ``given`` are answers; ``program`` is the command that the person typed."""

    given: Mapping[Topic, str]
    env_file: Path
    program: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """The content of the files to write. ``secrets`` maps the names of variables in the .env file to their values."""

    draft: Draft
    secrets: Mapping[str, str] = field(repr=False)

    @property
    def is_complete(self) -> bool:
        """Whether the bot can start with these files."""
        return self.draft.is_complete and all(self.secrets[name] for name in _TOKENS)


async def propose(options: InitOptions, environ: Mapping[str, str]) -> Proposed:
    """Ask the person and examine the systems; write no file. Raises ConfigError if an answer is missing or wrong and
    nobody can be asked, because there is no terminal or its input has ended."""
    interview = _interview(options, environ)
    async with AsyncExitStack() as stack:
        answered = await draft_configuration(interview, _systems(environ, stack))
    draft = _without_mistakes(answered.draft, interview)
    unused = tuple(topic.value for topic in interview.unused if topic in options.given)
    if unused:
        interview.tell(AnswersUnused(unused))
    if not draft.is_complete:
        interview.tell(SectionsMissing(draft.missing))
    return Proposed(draft, answered.secrets)


def write(proposed: Proposed, options: InitOptions, environ: Mapping[str, str]) -> int:
    """Write both files. Returns the exit code: 0 if the bot can start with them, else 1."""
    config_file = Path(environ.get(_CONFIG) or Settings.model_fields["backfill_config"].default)
    _write_env(options.env_file, proposed.secrets)
    _write(config_file, init_toml.toml(proposed.draft), read_if_there(config_file), is_secret=False)
    is_complete = proposed.is_complete
    sys.stdout.write(f"{init_report.next_step(options.program, is_complete=is_complete)}\n")
    return 0 if is_complete else 1


def _interview(options: InitOptions, environ: Mapping[str, str]) -> TerminalInterview | FlagInterview:
    """The interview at the terminal; if stdin or stdout is no terminal, one that asks nobody. A secret whose variable
    is already set is asked for only if its value is rejected. Raises ConfigError if nobody can be asked and a flag
    that is always needed is missing."""
    secrets = {topic: environ[topic.value] for topic in Topic if topic.is_secret and environ.get(topic.value)}
    given = {**secrets, **options.given}
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        check_flags(given)
        return FlagInterview(given, sys.stdout)
    sys.stdout.write(init_report.INTRODUCTION)
    return TerminalInterview(given, sys.stdin, sys.stdout, getpass)


def _systems(environ: Mapping[str, str], stack: AsyncExitStack) -> Systems:
    runtime = quiet_runtime()
    profiles = Path(environ["TEMPORAL_CONFIG_FILE"]) if environ.get("TEMPORAL_CONFIG_FILE") else None

    def cluster_at(name: str, address: TemporalAddress) -> TemporalCluster:
        return TemporalCluster(name, address, TIME_LIMIT, profiles=profiles, runtime=runtime)

    def engine(name: str, address: TemporalAddress) -> TemporalEngine:
        return TemporalEngine(cluster_at(name, address), utc_now)

    def decoding_engine(name: str, address: TemporalAddress, endpoint: str, auth: str) -> TemporalEngine:
        cluster = cluster_at(name, address)
        cluster.use_codec(endpoint, auth)
        stack.push_async_callback(cluster.codec.close)
        return TemporalEngine(cluster, utc_now)

    def catalog(address: ClickHouseAddress, password: str) -> ClickHouseCatalog:
        opened = ClickHouseCatalog(address, SecretStr(password), TIME_LIMIT)
        stack.push_async_callback(opened.close)
        return opened

    return Systems(engine, decoding_engine, catalog)


def _without_mistakes(draft: Draft, interview: Interview) -> Draft:
    """The draft. If the bot would refuse its workflow definitions, they are left out, so that the bot can read the
    file."""
    text = init_toml.toml(draft.completed())
    mistakes = mistakes_in(text, Path("backfill.toml"), mapping_mistakes) if draft.definitions else []
    if not mistakes:
        return draft
    interview.tell(MistakesLeft(tuple(mistakes)))
    return replace(draft, definitions=(), refused=draft.definitions)


def _write_env(path: Path, secrets: Mapping[str, str]) -> None:
    """Write those secrets whose values are not in the file yet. All other lines of the file stay as they are."""
    known, before = read_env_file(path, is_needed=False).values, read_if_there(path)
    changed = {name: value for name, value in secrets.items() if known.get(name) != value}
    _write(path, init_env.env(changed, before), before, is_secret=True)


def _write(path: Path, text: str, before: str, *, is_secret: bool) -> None:
    """Write the text to a new file: at ``path``, or beside the file that exists there. Show how it differs from that
    file; if both are equal, write nothing."""
    if text == before:
        sys.stdout.write(f"{init_report.unchanged(str(path))}\n")
        return
    if before:
        differ = init_env.env_difference if is_secret else init_env.difference
        sys.stdout.write(f"{differ(before, text, path.name)}\n")
    written = write_new(path, text, PRIVATE if is_secret else READABLE)
    sys.stdout.write(f"{init_report.written(str(written), is_beside=written != path)}\n")
