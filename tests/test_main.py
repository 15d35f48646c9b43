"""The command line of ``python -m bot``, as far as it needs nothing around it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.adapters.slack import BOT_SCOPES
from bot.commands import SLASH

ROOT = Path(__file__).parent.parent


def run(*arguments: str, environ: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_manifest_is_json_that_names_the_command_and_every_scope(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["manifest"], {})

    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert [command["command"] for command in told["features"]["slash_commands"]] == [SLASH]
    assert told["oauth_config"]["scopes"]["bot"] == list(BOT_SCOPES)
    assert told["settings"]["socket_mode_enabled"] is True


def test_the_manifest_of_http_mode_has_the_same_app_with_one_address_for_everything(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["manifest", "--http", "--url", "https://backfill.example.com/"], {})

    told = json.loads(capsys.readouterr().out)
    address = "https://backfill.example.com/slack/events"
    assert code == 0
    assert told["features"]["slash_commands"][0]["url"] == address
    assert told["settings"]["interactivity"] == {
        "is_enabled": True,
        "request_url": address,
        "message_menu_options_url": address,
    }
    assert told["settings"]["socket_mode_enabled"] is False
    assert told["oauth_config"]["scopes"]["bot"] == list(BOT_SCOPES)


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
def test_http_mode_asks_for_the_signing_secret_and_not_for_the_app_token(task: str) -> None:
    config = str(ROOT / "backfill.example.toml")
    ended = run(task, "--http", environ={"SLACK_BOT_TOKEN": "xoxb-1", "BACKFILL_CONFIG": config})

    (line,) = ended.stderr.splitlines()
    assert ended.returncode == 2
    assert line.startswith("environment: SLACK_SIGNING_SECRET: missing")


@pytest.mark.parametrize("task", ["run", "check"])
def test_every_mistake_in_the_configuration_is_a_line_and_none_a_traceback(task: str, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.toml"
    ended = run(task, environ={"SLACK_BOT_TOKEN": "xapp-the-wrong-one", "BACKFILL_CONFIG": str(missing)})

    lines = ended.stderr.splitlines()
    assert (ended.returncode, ended.stdout) == (2, "")
    assert [line.split(": ")[:2] for line in lines[:2]] == [
        ["environment", "SLACK_BOT_TOKEN"],
        ["environment", "SLACK_APP_TOKEN"],
    ]
    assert [line.split(": ")[0] for line in lines[2:]] == [str(missing)]
    assert "the-wrong-one" not in ended.stderr


def test_an_unknown_task_is_answered_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve"], {})

    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert "serve" in told
    assert all(task in told.splitlines()[-1] for task in ("run", "check", "manifest"))


@pytest.mark.parametrize("task", ["run", "check"])
def test_a_task_needs_no_name_of_its_own_to_be_explained(task: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([task, "--help"], {})

    told = capsys.readouterr().out
    assert ended.value.code == 0
    assert all(word in told for word in ("run", "check", "manifest", "Exit codes"))


def test_an_unknown_task_names_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve"], {})

    assert ended.value.code == 2
    assert "serve" in capsys.readouterr().err


def test_a_store_without_a_file_is_a_mistake_in_the_configuration() -> None:
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    config = str(ROOT / "backfill.example.toml")
    ended = run(environ={**tokens, "BACKFILL_CONFIG": config, "DATABASE_URL": "sqlite+aiosqlite:///:memory:"})

    assert ended.returncode == 2
    assert ended.stderr == "DATABASE_URL: names no file, expected sqlite+aiosqlite:///PATH\n"
