"""Marked secrets go in wherever secrets can come from, everything around the bot fails and repeats them, and whatever
comes out is searched: logs, what is written to the terminal, messages, audit and the whole store."""

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from clickhouse_connect.driver.exceptions import DatabaseError
from pydantic import SecretStr
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.models.blocks import HeaderBlock, InputBlock, MarkdownTextObject, PlainTextInputElement, SectionBlock
from temporalio.service import RPCError, RPCStatusCode

from bot.adapters.clickhouse import errors as of_clickhouse
from bot.adapters.slack import SlackChannel, slack_client
from bot.adapters.store import open_store
from bot.adapters.temporal import errors as of_temporal
from bot.adapters.temporal import payloads
from bot.blocks import errors, kit
from bot.blocks.notifications import draw
from bot.commands import Cancel
from bot.errors import BackfillBotError, DependencyError
from bot.fleet.notifications.notification import AckLine, AttemptsLine, EpisodeCard, dump, parse
from bot.fleet.runs.heartbeat import Progress
from bot.message import Message
from bot.model import (
    Actor,
    Execution,
    ExecutionStatus,
    Failure,
    FailureKind,
    JournalEntry,
    Observation,
    OutboxMessage,
    Ref,
    SeenFailure,
)
from bot.outgoing.dispatcher import OutboxDispatcher
from bot.usecases.control.audit_failures import recording_failures
from bot.wiring import steady_now
from handlers.listeners.reply import Visibility, reply
from tests.fakes.episodes import episode as an_episode
from tests.fakes.leading import always
from tests.fakes.services import CHANNEL, OPERATOR, TEAM, FakeWorld

ROOT = Path(__file__).parent.parent
MARK = "marked0"
# With what URLs and JSON spell otherwise.
SECRETS = {
    "SLACK_BOT_TOKEN": f"xoxb-1-{MARK}",
    "SLACK_APP_TOKEN": f"xapp-1-{MARK}",
    "SLACK_SIGNING_SECRET": f"{MARK}-signing",
    "CLICKHOUSE_PASSWORD": f'{MARK}-"click/house',
    "ALPHA_PASSWORD": f"{MARK}-alpha+é",
    "DATABASE_URL": f"postgresql://bot:{MARK}-%2Fstore@127.0.0.1:1/bot",
}
API_KEY = f"eyJ{MARK}abcdef.{MARK}.{MARK}"
RESPONSE_URL = f"https://hooks.slack.com/commands/T1/{MARK}"
TICKET = f"wss://wss.slack.com/link/?ticket={MARK}&app_id=A1"
SAID = " and ".join(
    [
        *(f"xoxb-{MARK} xapp-{MARK}", f"postgresql://u:{MARK}@db/x", f"Bearer {MARK}", API_KEY, RESPONSE_URL, TICKET),
        *(f"password={MARK} host=db", f"sslpassword = '{MARK} {MARK}'", f"Authorization: Basic {MARK}"),
        f"{{'X-ClickHouse-Key': '{MARK}'}}",
    ]
)
NOW = datetime(2026, 2, 21, 9, tzinfo=UTC)
OLIVIA = Actor(OPERATOR, TEAM, CHANNEL)
CONFIG = """
[campaign]
start = 2026-01-01
end = 2026-02-21
[workflow]
types = ["CustomerBackfill"]
task_queue = "backfill"
[slack]
channel = "C0BACKFILLS"
[[verify.tables]]
name = "scores"
table = "analytics.scores"
customer_column = "customer"
time_column = "scored_at"
[volume]
query = "SELECT customer, day, rows FROM volumes"
[clusters.alpha]
customers = ["hilton"]
temporal = {{ profile = "alpha" }}
clickhouse = {{ url = "{url}", password_env = "ALPHA_PASSWORD" }}
[clusters.beta]
customers = ["vivint"]
temporal = {{ address = "127.0.0.1:1", namespace = "beta" }}
clickhouse = {{ url = "{url}" }}
"""
PROFILE = f"""
[profile.alpha]
address = "127.0.0.1:1"
namespace = "alpha"
api_key = "{API_KEY}"
"""
FAILING = """
import json, logging, os
from pathlib import Path
import structlog
from bot import logs
from bot.config import load

loaded = load(os.environ)
logs.set_up(loaded.settings, loaded.secrets())
said = json.loads(os.environ["SAID"])
for log in (structlog.get_logger("ours"), logging.getLogger("theirs")):
    for secret in said:
        log.error(f"met {secret}")
        try:
            try:
                raise OSError(secret)
            except OSError as exc:
                raise RuntimeError("it broke") from exc
        except RuntimeError:
            log.error("failed", exc_info=True)
structlog.get_logger("ours").error("told", reason=said, of={"secrets": said})
"""


async def repeat(request: web.Request) -> web.Response:
    """What the request held, in the words of Slack and of ClickHouse."""
    answer = f"{dict(request.headers)} {dict(request.query)} {await request.text()} {SAID}"
    if request.path.startswith("/api/"):
        messages = {"response_metadata": {"messages": [answer]}}
        return web.json_response({"ok": False, "error": "invalid_blocks", **messages})
    return web.Response(status=403, text=f"Code: 516. DB::Exception: {answer}", headers={"X-Seen": "1"})


@asynccontextmanager
async def echoing_server() -> AsyncIterator[str]:
    """A server that repeats all that it is told; its address."""
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", repeat)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def environ(folder: Path, url: str, form: str) -> dict[str, str]:
    (folder / "backfill.toml").write_text(CONFIG.format(url=url))
    (folder / "temporal.toml").write_text(PROFILE)
    return {
        "PATH": os.environ["PATH"],
        "BACKFILL_CONFIG": str(folder / "backfill.toml"),
        "TEMPORAL_CONFIG_FILE": str(folder / "temporal.toml"),
        "SLACK_API_URL": f"{url}/api/",
        "LOG_FORMAT": form,
        "LOG_LEVEL": "debug",
        **SECRETS,
    }


def run(arguments: list[str], environ: dict[str, str]) -> tuple[int, str]:
    ended = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr


@pytest.mark.timeout(120)
@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize("task", ["check", "run"])
async def test_neither_check_nor_a_bot_that_cannot_run_shows_one(tmp_path: Path, task: str, form: str) -> None:
    async with echoing_server() as url:
        code, out = await asyncio.to_thread(
            run, ["-m", "bot", task, "--env-file", os.devnull], environ(tmp_path, url, form)
        )

    assert code == 1
    assert "store" in out
    assert task == "run" or "invalid_blocks" in out
    assert task == "run" or "Code 516" in out
    assert MARK not in out


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_line_of_the_log_has_one_whoever_writes_it(tmp_path: Path, form: str) -> None:
    plain = [value for name, value in SECRETS.items() if name != "DATABASE_URL"]
    posted = [*plain, f"{MARK}-/store", SECRETS["DATABASE_URL"], SAID]
    given = environ(tmp_path, "http://127.0.0.1:1", form) | {"SAID": json.dumps(posted)}
    code, out = run(["-c", FAILING], given)

    assert code == 0, out.replace(MARK, "")
    assert out.count("it broke") >= 2 * len(posted)
    assert MARK not in out


async def test_what_vendors_repeat_is_neither_said_nor_audited_nor_kept(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    world = FakeWorld()
    file = tmp_path / "store.db"
    async with echoing_server() as url, open_store(f"sqlite+aiosqlite:///{file}") as store:
        channel = SlackChannel(slack_client(SECRETS["SLACK_BOT_TOKEN"], f"{url}/api/", steady_now), CHANNEL)
        services = replace(world.services, channel=channel, journal=store.journal, outbox=store.outbox)
        line = OutboxMessage("line", dump(AckLine("hilton", "U1")))
        await store.journal.record(JournalEntry(messages=(line,)), world.now)
        await OutboxDispatcher(services, always).dispatch()
        stuck = await store.outbox.dead_letters(world.now)
        with pytest.raises(DependencyError):
            async with recording_failures(Cancel(target="hilton"), OLIVIA, services):
                await channel.post(Message("hello"), "key")
        trail = await store.journal.audit("", 10)
    with sqlite3.connect(file) as database:
        kept = "\n".join(database.iterdump())
    database.close()

    assert [key for key, _ in stuck] == ["line"]
    assert len(trail.records) == 1
    assert "invalid_blocks" in kept
    assert MARK not in kept
    assert MARK not in "".join(capfd.readouterr())


HEARTBEAT = {"day": "2026-01-03", "conn": f"postgresql://u:{MARK}@db/x", "password": MARK, "said": SAID}
LEAKY = dump(AttemptsLine(SAID, 1, 1, Failure(FailureKind.APPLICATION, SAID), SAID, NOW, 2))


async def test_what_a_worker_tells_is_neither_kept_nor_said_whatever_it_is_told_by(tmp_path: Path) -> None:
    """Heartbeats, memos and failures, and rows that were recorded before anything was hidden in them."""
    payload = payloads.plain(HEARTBEAT)
    answer = payloads.details([payload])
    hints = payloads.hints({"said": payloads.plain(SAID), "password": payloads.plain(MARK)})
    ref, failure = Ref("alpha", f"backfill password={MARK}", "r"), Failure(FailureKind.APPLICATION, SAID)
    episode = an_episode(revision=0, id="one", link="", ref=ref, progress=SAID, reached=SAID, last_failure=failure)
    file = tmp_path / "store.db"
    async with open_store(f"sqlite+aiosqlite:///{file}") as store:
        entry = JournalEntry(
            failures=(SeenFailure(ref, "a", 1, failure, NOW),),
            observations=(Observation(ref, "a", SAID, NOW),),
            episodes=(episode,),
            messages=(OutboxMessage("card", dump(EpisodeCard(episode))), OutboxMessage("line", LEAKY)),
            snapshot=json.dumps({"said": SAID}),
        )
        await store.journal.record(entry, NOW)
        await store.ledger.keep([Execution(ref, "t", "q", ExecutionStatus.RUNNING, NOW, hints=hints)])
        known = await store.journal.episode("one")
    with sqlite3.connect(file) as database:
        kept = "\n".join(database.iterdump())
    database.close()
    drawn = [draw(EpisodeCard(episode)), draw(parse(LEAKY)), Message(Progress.of(json.dumps(HEARTBEAT)).text)]

    assert known is not None
    assert known.ref == ref, "what is acted on stays as it is"
    assert MARK not in kept.replace(ref.workflow_id, "")
    assert MARK not in answer
    assert "2026-01-03" in answer
    assert [message for message in drawn if MARK in f"{message.text}{message.blocks}"] == []


def test_whoever_draws_a_message_or_a_dialog_shows_none() -> None:
    blocks = [SectionBlock(text=MarkdownTextObject(text=f"*{SAID}*")), HeaderBlock(text=f"password={MARK}")]
    field = InputBlock(label=f"token={MARK}", element=PlainTextInputElement(initial_value=f"api_key={MARK}"))
    form = kit.Form("Do it", (field,), "purpose", "memory")

    assert MARK not in f"{kit.message(SAID, blocks)}"
    assert MARK not in f"{kit.view('A dialog', blocks, form)}"


@pytest.mark.parametrize("status", [RPCStatusCode.UNAVAILABLE, RPCStatusCode.UNAUTHENTICATED])
def test_what_temporal_repeats_is_not_told(status: RPCStatusCode) -> None:
    answer = of_temporal.from_rpc_error("Temporal of a", "host:7233", RPCError(SAID, status, b""))

    assert "(hidden)" in errors.render(answer).text
    assert MARK not in shown(answer)


def test_what_clickhouse_repeats_is_not_told() -> None:
    with (
        pytest.raises(DependencyError) as caught,
        of_clickhouse.translate_errors(
            "ClickHouse of a", "host", timedelta(1), SecretStr(SECRETS["CLICKHOUSE_PASSWORD"])
        ),
    ):
        raise DatabaseError(f"Code: 516. DB::Exception: {SECRETS['CLICKHOUSE_PASSWORD']} {SAID}", code=516)

    assert "(hidden)" in caught.value.why
    assert MARK not in shown(caught.value)


@pytest.mark.parametrize(
    "statement",
    [
        "Syntax error: failed at position 20 (postgresql): postgresql('h:5432','d','t','u','{}'). Expected one of",
        "Syntax error: failed at position 60 ('{0}'x) (line 2, col 4): '{0}'x\n. Expected one of: token",
        "Syntax error: failed at position 9 ('{0}): '{0}",
        "In scope SELECT count() FROM mysql('h', 'it''s', 'x\\'y', '{}'), (1). (UNKNOWN_IDENTIFIER)",
        "In scope SELECT x FROM s3(\n'u', '{} cut in the mid",
        "Missing columns: 'x' while processing query: 'SELECT x FROM postgresql('h', 'd', 't', 'u', '{}')'",
        "Unknown identifier `password`. In scope password = '{}'.",
    ],
)
def test_the_password_in_a_statement_that_clickhouse_repeats_is_not_told(statement: str) -> None:
    error = of_clickhouse.from_client_error(
        "ClickHouse of a", "host", DatabaseError(f"Code: 62. DB::Exception: {statement}".format(MARK))
    )

    assert statement.partition(" ")[0] in error.why
    assert MARK not in shown(error)


async def test_an_answer_that_cannot_be_sent_does_not_show_where_to(capfd: pytest.CaptureFixture[str]) -> None:
    async def answer() -> Message:
        return Message("hello")

    await reply(AsyncRespond(response_url=f"nowhere://{MARK}"), Visibility.ASKER, answer)

    found = "".join(capfd.readouterr())
    assert "answer not sent" in found
    assert MARK not in found


def shown(error: BackfillBotError) -> str:
    """Wherever an error shows: in Slack, in the log, in the audit."""
    message = errors.render(error)
    return f"{message.text} {message.blocks} {error} {error!r}"
