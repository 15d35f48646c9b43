"""``backfill-bot init`` at a terminal: it asks one line at a time, shows no secret, and can be left at any moment."""

import stat
from pathlib import Path

from bot.config.env_file import read_env_file
from tests.terminal import terminal

NOWHERE = ("--temporal", "127.0.0.1:1", "--clickhouse", "none", "--timezone", "UTC")
SECRET = "xoxb-7-correct'horse\\battery #1"


def test_questions_have_defaults_and_a_wrong_answer_is_asked_again(tmp_path: Path) -> None:
    with terminal(tmp_path, "init") as person:
        person.answer("profile:NAME of Temporal's configuration file [localhost:7233]: ", "127.0.0.1")
        person.wait_for("Expected host:port")
        person.answer("[localhost:7233]: ", "127.0.0.1:1")
        person.answer("Namespaces, one cluster each, separated by commas [default]: ", "")
        person.answer("[http://localhost:8123]: ", "none")
        person.answer("Time zone whose days are counted [UTC]: ", "Mars")
        person.answer("[UTC]: ", "")
        person.answer("Id of the team's Slack channel", "C07BACKFILL")
        person.answer("Slack users who may change things", "U07OLIVIA, U07NOOR")
        person.answer("Slack bot token, not shown", SECRET)
        person.answer("Slack app-level token, not shown", "")
        code = person.end()

    assert code == 1
    assert SECRET not in person.seen
    assert 'operators = ["U07OLIVIA", "U07NOOR"]' in (tmp_path / "backfill.toml").read_text()
    assert SECRET not in (tmp_path / "backfill.toml").read_text()
    env = tmp_path / ".env"
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert read_env_file(env, is_needed=True).values["SLACK_BOT_TOKEN"] == SECRET


def test_ctrl_c_writes_nothing_and_gives_the_terminal_its_echo_back(tmp_path: Path) -> None:
    with terminal(tmp_path, "init", *NOWHERE) as person:
        person.answer("[default]: ", "")
        person.answer("Slack channel", "C07BACKFILL")
        person.answer("change things", "U07OLIVIA")
        person.wait_for("Slack bot token, not shown")
        assert not person.echoes()
        person.type(b"\x03")
        person.wait_for("Stopped. Nothing was written.")
        has_echo = person.echoes()
        code = person.end()

    assert (code, has_echo) == (130, True)
    assert [*tmp_path.iterdir()] == []


def test_the_end_of_the_input_writes_nothing_and_names_the_flag(tmp_path: Path) -> None:
    with terminal(tmp_path, "init", *NOWHERE) as person:
        person.answer("[default]: ", "")
        person.wait_for("Slack channel")
        person.type(b"\x04")
        code = person.end()

    assert code == 2
    assert "--channel: missing" in person.seen
    assert [*tmp_path.iterdir()] == []


def test_what_the_command_line_says_is_not_asked(tmp_path: Path) -> None:
    flags = ("--namespaces", "prod", "--channel", "C07BACKFILL", "--operators", "U07OLIVIA")
    with terminal(tmp_path, "init", *NOWHERE, *flags, SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1") as person:
        code = person.end()

    assert code == 1
    assert "[default]" not in person.seen
    assert "[clusters.prod]" in (tmp_path / "backfill.toml").read_text()
