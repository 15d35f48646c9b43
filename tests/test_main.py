"""The command line of ``python -m bot``, where it needs no other system."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import __version__
from bot.__main__ import main
from bot.command_line import CONSOLE, MODULE, Program, Task
from bot.commands import SLASH
from bot.manifest import BOT_SCOPES

ROOT = Path(__file__).parent.parent


def run(*arguments: str, environ: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bot", "--env-file", os.devnull, *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@dataclass(frozen=True)
class Ended:
    """How a command line has ended."""

    returncode: int
    stdout: str
    stderr: str


RunIn = Callable[..., Ended]


@pytest.fixture
def run_in(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> RunIn:
    """Runs the bot in a folder, with this environment. It shares the process of the tests, which has loaded
    everything already: to load it takes two seconds."""

    def ended(folder: Path, *arguments: str, **environ: str) -> Ended:
        monkeypatch.chdir(folder)
        code = main(arguments, dict(environ))
        posted = capsys.readouterr()
        return Ended(code, posted.out, posted.err)

    return ended


def test_the_manifest_is_json_that_names_the_command_and_every_scope(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["manifest"], {})

    shown = json.loads(capsys.readouterr().out)
    assert code == 0
    assert [command["command"] for command in shown["features"]["slash_commands"]] == [SLASH]
    assert shown["oauth_config"]["scopes"]["bot"] == list(BOT_SCOPES)
    assert shown["settings"]["socket_mode_enabled"] is True


def test_the_manifest_of_http_mode_has_the_same_app_with_one_address_for_everything(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["manifest", "--http", "--url", "https://backfill.example.com/"], {})

    shown = json.loads(capsys.readouterr().out)
    address = "https://backfill.example.com/slack/events"
    assert code == 0
    assert shown["features"]["slash_commands"][0]["url"] == address
    assert shown["settings"]["interactivity"] == {
        "is_enabled": True,
        "request_url": address,
        "message_menu_options_url": address,
    }
    assert shown["settings"]["socket_mode_enabled"] is False
    assert shown["oauth_config"]["scopes"]["bot"] == list(BOT_SCOPES)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["manifest", "--http"], "manifest --http and --url https://HOST belong together"),
        (["manifest", "--url", "https://x"], "manifest --http and --url https://HOST belong together"),
        (["run", "--http", "--url", "https://x"], "manifest --http and --url https://HOST belong together"),
        (["manifest", "--http", "--url", "http://x"], "https:// addresses only"),
    ],
)
def test_an_address_is_for_the_manifest_of_http_mode(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments, {})

    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize("task", ["run", "check"])
def test_http_mode_asks_for_the_signing_secret_and_not_for_the_app_token(
    task: str, run_in: RunIn, tmp_path: Path
) -> None:
    config = str(ROOT / "backfill.example.toml")
    ended = run_in(tmp_path, task, "--http", SLACK_BOT_TOKEN="xoxb-1", BACKFILL_CONFIG=config)

    (line,) = ended.stderr.splitlines()
    assert ended.returncode == 2
    assert line.startswith("environment: SLACK_SIGNING_SECRET: missing")


@pytest.mark.parametrize("task", ["run", "check"])
def test_every_mistake_in_the_configuration_is_a_line_and_none_a_traceback(
    task: str, run_in: RunIn, tmp_path: Path
) -> None:
    missing = tmp_path / "nowhere.toml"
    ended = run_in(tmp_path, task, SLACK_BOT_TOKEN="xapp-the-wrong-one", BACKFILL_CONFIG=str(missing))

    lines = ended.stderr.splitlines()
    assert (ended.returncode, ended.stdout) == (2, "")
    assert [line.split(": ")[:2] for line in lines[:2]] == [
        ["environment", "SLACK_BOT_TOKEN"],
        ["environment", "SLACK_APP_TOKEN"],
    ]
    assert [line.split(": ")[0] for line in lines[2:]] == [str(missing)]
    assert "the-wrong-one" not in ended.stderr


@pytest.mark.parametrize("task", ["run", "check"])
def test_the_env_file_in_the_folder_is_read_for_every_task(task: str, run_in: RunIn, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("export SLACK_BOT_TOKEN='xoxb-1'\nBACKFILL_CONFIG=other.toml\n")
    ended = run_in(tmp_path, task)

    app_token, config = ended.stderr.splitlines()
    assert ended.returncode == 2
    assert app_token.startswith("environment: SLACK_APP_TOKEN: missing")
    assert app_token.endswith(f"write it into {tmp_path / '.env'}, or set it in the environment")
    assert config.startswith("other.toml: cannot be read")


@pytest.mark.parametrize("task", ["run", "check"])
def test_a_broken_line_of_the_env_file_is_told_by_its_number(task: str, run_in: RunIn, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxb-1\nSLACK_APP_TOKEN: xapp-1\n")
    ended = run_in(tmp_path, task)

    assert ended.returncode == 2
    assert ended.stderr.startswith(".env:2: not a variable; ")
    assert "xapp-1" not in ended.stderr


def test_another_env_file_is_named_and_has_to_be_there(run_in: RunIn, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("broken\n")
    (tmp_path / "team.env").write_text("SLACK_BOT_TOKEN=xoxb-1\nSLACK_APP_TOKEN=xapp-1\n")
    named, missing = run_in(tmp_path, "--env-file", "team.env"), run_in(tmp_path, "--env-file", "none.env")

    assert named.stderr.splitlines() == [
        "backfill.toml: cannot be read (No such file or directory); expected a file as in backfill.example.toml"
    ]
    assert missing.stderr.startswith("none.env: no such file; ")


def test_what_a_runner_of_procfiles_or_a_platform_has_set_wins_over_the_env_file(
    run_in: RunIn, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxp-wrong\nSLACK_APP_TOKEN=xapp-1\nBACKFILL_CONFIG=wrong.toml\n")
    ended = run_in(tmp_path, "check", SLACK_BOT_TOKEN="xoxb-1", BACKFILL_CONFIG="right.toml")

    assert [line.partition(":")[0] for line in ended.stderr.splitlines()] == ["right.toml"]


def test_the_manifest_needs_no_env_file_and_minds_none(run_in: RunIn, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("broken\n")

    assert run_in(tmp_path, "manifest").returncode == 0


@pytest.mark.parametrize("program", [MODULE, CONSOLE], ids=lambda program: program.typed)
@pytest.mark.parametrize(
    ("word", "answer"),
    [
        ("serve", 'there is no command "serve". The commands are run, check, manifest, init, report; '),
        ("chekc", 'there is no command "chekc". Did you mean {typed} check? '),
        ("RUN", "Did you mean {typed} run? "),
        ("", 'there is no command "". '),
        ("help", 'there is no command "help". '),
        ("status", '"status" is a command for Slack: type /backfill status there. '),
    ],
)
def test_an_unknown_command_is_answered_with_what_to_type(
    word: str, answer: str, program: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([word], {}, program=program)

    posted = capsys.readouterr()
    assert (ended.value.code, posted.out) == (2, "")
    assert answer.format(typed=program.typed) in posted.err.splitlines()[-1]
    assert f"{program.typed} --help" in posted.err.splitlines()[-1]


@pytest.mark.parametrize("task", ["run", "check"])
def test_a_task_needs_no_name_of_its_own_to_be_explained(task: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([task, "--help"], {})

    shown = capsys.readouterr().out
    assert ended.value.code == 0
    assert all(word in shown for word in ("run", "check", "manifest", "Exit codes"))


def console(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the console command as pip's script does, without environment and configuration."""
    return subprocess.run(
        [sys.executable, "-c", "import sys; from bot.console import main; sys.exit(main())", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_the_console_command_alone_prints_its_help() -> None:
    alone, help_shown = console(), console("--help")

    assert (alone.returncode, alone.stdout, alone.stderr) == (0, help_shown.stdout, "")
    assert alone.stdout.startswith("usage: backfill-bot ")
    assert all(f"\n  {task}" in alone.stdout for task in Task)


def test_the_console_command_runs_nothing_that_it_was_not_told_to() -> None:
    ended = console("--http")

    assert ended.returncode == 2
    assert "name a command. The commands are run, check, manifest, init" in ended.stderr


@pytest.mark.parametrize("arguments", [(), ("run",), ("--http",)])
def test_the_module_alone_runs_the_bot(arguments: tuple[str, ...]) -> None:
    ended = run(*arguments, environ={"BACKFILL_CONFIG": "nowhere.toml"})

    assert ended.returncode == 2
    assert "environment: SLACK_BOT_TOKEN: missing" in ended.stderr


@pytest.mark.parametrize("task", ["run", "check"])
def test_the_console_command_ends_with_the_exit_code_of_the_module(task: str) -> None:
    ended = console(task, "--env-file", os.devnull)

    assert ended.returncode == 2
    assert "environment: SLACK_BOT_TOKEN: missing" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_console_command_prints_the_same_manifest() -> None:
    assert console("manifest").stdout == run("manifest", environ={}).stdout


@pytest.mark.parametrize("program", [MODULE, CONSOLE], ids=lambda program: program.typed)
def test_the_version_is_that_of_the_package(program: Program, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"], {}, program=program)

    assert (ended.value.code, capsys.readouterr().out) == (0, f"backfill-bot {__version__}\n")


def test_a_store_without_a_file_is_a_mistake_in_the_configuration(run_in: RunIn, tmp_path: Path) -> None:
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    config = str(ROOT / "backfill.example.toml")
    ended = run_in(tmp_path, **tokens, BACKFILL_CONFIG=config, DATABASE_URL="sqlite+aiosqlite:///:memory:")

    assert ended.returncode == 2
    assert ended.stderr == "DATABASE_URL: names no file, expected sqlite+aiosqlite:///PATH\n"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["report", "--date", "yesterday"], "'yesterday' is not a date such as 2026-02-21"),
        (["check", "--date", "2026-02-21"], "--date and --output are for report"),
        (["run", "-o", "log.md"], "--date and --output are for report"),
    ],
)
def test_a_day_and_a_file_are_for_the_report(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments, {})

    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err


VENDORS = (
    "aiohttp", "alembic", "apscheduler", "asyncpg", "clickhouse_connect", "mako", "rich", "slack_bolt", "slack_sdk",
    "sqlalchemy", "structlog", "temporalio",
)  # fmt: skip
IMPORTED = """
import sys
from bot.__main__ import main
try:
    main(sys.argv[1:], {})
except SystemExit:
    pass
sys.stderr.write(" ".join(sys.modules))
"""


@pytest.mark.parametrize(
    "arguments", ["--help", "--version", "manifest", "manifest --http --url https://x.org", "--hlp"]
)
def test_what_needs_no_other_system_imports_no_vendor(arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, *arguments.split()],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )

    modules = done.stderr.split()
    assert "bot.command_line" in modules
    assert sorted(name for name in VENDORS if name in modules) == []
