"""``backfill-bot init`` on real systems: what it writes recognises every run, and passes ``check``."""

import asyncio
import re
import stat
import subprocess
import tomllib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config.env_file import read_env_file
from bot.model import Window
from local_slack import LocalSlack
from tests.adapters.clickhouse.server import ClickHouseServer
from tests.adapters.temporal.server import TemporalServer
from tests.world_of_init import CUSTOMERS, Start, bot, every_run, fill_tables, running

PASSWORD = "correct-horse'battery"


@pytest.fixture(scope="module")
def temporal() -> Iterator[TemporalServer]:
    server = TemporalServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def clickhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseServer]:
    server = ClickHouseServer(tmp_path_factory.mktemp("clickhouse") / "data")
    server.start()
    fill_tables(server)
    yield server
    server.stop()


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack() as running:
        yield running


def milliseconds(window: Window) -> int:
    return int(datetime(window.start.year, window.start.month, window.start.day, tzinfo=UTC).timestamp() * 1000)


SHAPES: dict[str, Callable[[int, str, Window], Start]] = {
    "second-argument": lambda n, name, days: Start(
        f"job-{n}",
        [
            {"dry_run": False, "batch": 5000},
            {"tenant": name},
            {"range": {"from": str(days.start), "days": days.days}},
        ],
    ),
    "epochs-in-a-row": lambda n, name, days: Start(
        f"fill-{n:04}", [name, milliseconds(days), days.days], {"team": "growth"}
    ),
    "ids-with-last-days": lambda n, name, days: Start(
        f"bf/{name}/{days.start:%Y%m%d}-{days.last:%Y%m%d}-try-{n}",
        [{"slug": name, "first": f"{days.start}T00:00:00Z", "until": f"{days.last}T23:59:59Z"}],
    ),
    "compact-memo": lambda n, name, days: Start(
        f"x{n}",
        [f"s3://bucket/{name}/{days.start:%Y%m%d}/{days.last:%Y%m%d}"],
        {"tenant": name, "since": f"{days.start:%Y%m%d}", "through": f"{days.last:%Y%m%d}"},
    ),
    "seconds-below-a-table": lambda n, name, days: Start(
        f"0f{n}c-{n * 7919:x}",
        [
            {
                "job": {"org": {"id": name}, "attempt": 1},
                "span": {
                    "lower": milliseconds(days) // 1000,
                    "upper": milliseconds(Window.of_days(days.end, 1)) // 1000,
                },
            }
        ],
    ),
}
STARTS = {
    "second-argument": [
        {"dry_run": False, "batch": 5000},
        {"tenant": "{customer}"},
        {"range": {"from": "{start}", "days": "{days}"}},
    ],
    "epochs-in-a-row": ["{customer}", "{start:epoch_ms}", "{days}"],
    "ids-with-last-days": [{"slug": "{customer}", "first": "{start}T00:00:00Z", "until": "{last}T23:59:59Z"}],
    "compact-memo": ["s3://bucket/{customer}/{start:%Y%m%d}/{last:%Y%m%d}"],
    "seconds-below-a-table": [
        {
            "job": {"org": {"id": "{customer}"}, "attempt": 1},
            "span": {"lower": "{start:epoch}", "upper": "{end:epoch}"},
        }
    ],
}


@pytest.mark.parametrize("shape", SHAPES)
async def test_what_is_written_recognises_every_run_and_passes_the_check(
    shape: str, temporal: TemporalServer, clickhouse: ClickHouseServer, slack: LocalSlack, tmp_path: Path
) -> None:
    async with running(temporal, shape, [SHAPES[shape](*run) for run in every_run()]):
        ended = await bot(tmp_path, *flags(temporal, clickhouse, slack, shape), **tokens(slack))
        checked = await check(tmp_path, slack)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert checked.returncode == 0, checked.stdout
    assert read_back(checked.stdout) == {(name, str(days)) for _, name, days in every_run()}
    assert re.search(r"All \d+ checks are ok\.\n\Z", checked.stdout), checked.stdout
    written = tomllib.loads((tmp_path / "backfill.toml").read_text())
    assert written["workflow"]["start"]["input"] == STARTS[shape]
    assert written["clusters"][shape]["customers"] == sorted(CUSTOMERS)
    assert [table["table"] for table in written["verify"]["tables"]] == ["mart.orders"]


def flags(temporal: TemporalServer, clickhouse: ClickHouseServer, slack: LocalSlack, namespace: str) -> Sequence[str]:
    answers = {
        "temporal": temporal.address,
        "namespaces": namespace,
        "clickhouse": clickhouse.url,
        "channel": slack.channels["backfills"],
        "operators": slack.users["olivia"],
    }
    return ("init", *(word for name, text in answers.items() for word in (f"--{name}", text)))


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def tokens(slack: LocalSlack) -> dict[str, str]:
    return {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token}


async def check(folder: Path, slack: LocalSlack) -> "subprocess.CompletedProcess[str]":
    """The check of what was written, with more patience than is usual: other tests run beside this one."""
    file = folder / "backfill.toml"
    await asyncio.to_thread(file.write_text, f'{file.read_text()}\n[watch]\ntime_limit = "9s"\n')
    return await bot(folder, "check", SLACK_API_URL=slack.api_url)


def read_back(report: str) -> set[tuple[str, str]]:
    """Customer and days of each run in the table of the check."""
    rows = [line.split() for line in report.splitlines() if ".." in line and "FillTenant" in line]
    return {(row[1], row[2]) for row in rows}


async def test_where_the_runs_leave_something_open_the_flag_is_named_and_nothing_is_written(
    temporal: TemporalServer, clickhouse: ClickHouseServer, slack: LocalSlack, tmp_path: Path
) -> None:
    starts = [
        Start(f"job-{name}", [{"tenant": name, "from": "2026-03-01", "to": "2026-03-31"}]) for name in CUSTOMERS
    ]
    async with running(temporal, "open-end", starts):
        asking = await bot(tmp_path, *flags(temporal, clickhouse, slack, "open-end"))
        left = files_in(tmp_path)
        given = (*flags(temporal, clickhouse, slack, "open-end"), "--end", "included")
        shown = await bot(tmp_path, *given, **tokens(slack))
        checked = await check(tmp_path, slack)

    assert (asking.returncode, left) == (2, [])
    assert asking.stderr == (
        "--end: missing; expected included or excluded"
        " (FillTenant: a run says 2026-03-01 to 2026-03-31. Is its end included (that day is filled) or excluded?)\n"
    )
    assert (shown.returncode, checked.returncode) == (0, 0)
    assert read_back(checked.stdout) == {(name, "2026-03-01..2026-04-01") for name in CUSTOMERS}


async def test_several_types_are_picked_from_and_the_others_are_left_out(
    temporal: TemporalServer, clickhouse: ClickHouseServer, slack: LocalSlack, tmp_path: Path
) -> None:
    fills = [SHAPES["second-argument"](*run) for run in every_run()]
    repairs = [
        Start(f"repair-{n}", [{"customer": name, "begin": str(days.start), "end": str(days.end)}], {}, "Repair")
        for n, name, days in every_run()
    ]
    others = [Start(f"nightly-{n}", ["vacuum"], {}, "Cleanup") for n in range(3)]
    async with running(temporal, "types", [*fills, *repairs, *others]):
        asking = await bot(tmp_path, *flags(temporal, clickhouse, slack, "types"))
        shown = await bot(
            tmp_path, *flags(temporal, clickhouse, slack, "types"), "--types", "FillTenant, Repair", **tokens(slack)
        )
        checked = await check(tmp_path, slack)

    assert asking.stderr.startswith("--types: missing; expected some of: ")
    assert (shown.returncode, shown.stderr, checked.returncode) == (0, "", 0), checked.stdout
    assert "Left out: Cleanup, since its runs tell no customer and days that are clear" in shown.stdout
    written = tomllib.loads((tmp_path / "backfill.toml").read_text())
    assert [definition["types"] for definition in written["workflows"]] == [["FillTenant"], ["Repair"]]
    assert "recognised by input (20): all of the last 20 runs" in checked.stdout


async def test_runs_that_tell_no_day_fill_the_whole_campaign_only_if_somebody_says_so(
    temporal: TemporalServer, clickhouse: ClickHouseServer, slack: LocalSlack, tmp_path: Path
) -> None:
    starts = [Start(f"fill-{n}", [{"tenant": name}]) for n, name in enumerate(CUSTOMERS)]
    answers = ("--whole-campaign", "yes", "--campaign", "2026-03-01..2026-04-01")
    async with running(temporal, "no-days", starts):
        asking = await bot(tmp_path, *flags(temporal, clickhouse, slack, "no-days"))
        shown = await bot(tmp_path, *flags(temporal, clickhouse, slack, "no-days"), *answers, **tokens(slack))
        assert shown.returncode == 0, shown.stdout + shown.stderr
        checked = await check(tmp_path, slack)

    assert asking.stderr.startswith("--whole-campaign: missing; expected yes or no"), asking.stdout
    assert checked.returncode == 0, checked.stdout
    assert read_back(checked.stdout) == {(name, "2026-03-01..2026-04-01") for name in CUSTOMERS}


async def test_without_a_terminal_all_that_is_always_needed_is_named_at_once(tmp_path: Path) -> None:
    ended = await bot(tmp_path, "init", "--channel", "C07BACKFILL")

    assert (ended.returncode, ended.stdout) == (2, "")
    assert [line.split(":")[0] for line in ended.stderr.splitlines()] == ["--temporal", "--clickhouse", "--operators"]
    assert files_in(tmp_path) == []


async def test_files_that_are_there_stay_as_they_are_and_the_difference_is_shown(tmp_path: Path) -> None:
    mine, secrets = (
        "[campaign]  # mine\n",
        f"SLACK_BOT_TOKEN=xoxb-old\nLOG_LEVEL=debug\nCLICKHOUSE_PASSWORD={PASSWORD!r}\n",
    )
    (tmp_path / "backfill.toml").write_text(mine)
    (tmp_path / ".env").write_text(secrets)

    first = await bot(tmp_path, *AWAY, SLACK_BOT_TOKEN="xoxb-newer-one")
    again = await bot(tmp_path, *AWAY, SLACK_BOT_TOKEN="xoxb-newer-one")

    assert (tmp_path / "backfill.toml").read_text() == mine
    assert (tmp_path / ".env").read_text() == secrets
    assert "+++ backfill.toml.new" in first.stdout
    assert "  SLACK_BOT_TOKEN changes" in first.stdout
    assert not [
        secret for secret in ("xoxb-old", "xoxb-newer-one", PASSWORD) if secret in first.stdout + first.stderr
    ]
    assert "Wrote .env.new, beside yours, which stays as it is." in first.stdout
    assert "Wrote backfill.toml.new2, beside yours" in again.stdout
    values = read_env_file(tmp_path / ".env.new", is_needed=True).values
    assert values == {
        "SLACK_BOT_TOKEN": "xoxb-newer-one",
        "LOG_LEVEL": "debug",
        "CLICKHOUSE_PASSWORD": PASSWORD,
        "SLACK_APP_TOKEN": "",
    }
    assert stat.S_IMODE((tmp_path / ".env.new").stat().st_mode) == 0o600


async def test_a_system_that_is_away_is_left_out_and_said_so(tmp_path: Path) -> None:
    ended = await bot(tmp_path, *AWAY)

    assert (ended.returncode, ended.stderr) == (1, "")
    assert "Left out: Temporal of default: no connection to 127.0.0.1:1" in ended.stdout
    assert "Left out: ClickHouse: no answer from 127.0.0.1:2" in ended.stdout
    assert "To be written by hand before the bot can start: [campaign], [workflow], [[verify.tables]]" in ended.stdout
    assert tomllib.loads((tmp_path / "backfill.toml").read_text())["clusters"]["default"]["temporal"]


AWAY = (
    "init",
    *("--temporal", "127.0.0.1:1", "--clickhouse", "http://127.0.0.1:2"),
    *("--channel", "C07BACKFILL", "--operators", "U07OLIVIA"),
)
