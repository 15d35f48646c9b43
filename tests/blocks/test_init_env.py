"""The .env file that init writes: read back as given, beside whatever was there, and shown without a secret."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.blocks.init_env import env, env_difference
from bot.config.env_file import read_env_file

NAMES = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "CLICKHOUSE_PASSWORD")
LINES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=40)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINES, min_size=3, max_size=3))
def test_every_secret_is_read_back_as_it_was_given(tmp_path: Path, values: list[str]) -> None:
    file = tmp_path / ".env"
    secrets = dict(zip(NAMES, values, strict=True))
    file.write_text(env(secrets, ""), "utf-8")

    read = read_env_file(file, is_needed=True)

    assert (read.values, read.mistakes) == (secrets, ())


def test_other_lines_stay_and_what_is_not_given_keeps_its_value() -> None:
    before = "# mine\nexport SLACK_BOT_TOKEN=xoxb-old\nLOG_LEVEL=debug\nCLICKHOUSE_PASSWORD=old\n"

    after = env({"SLACK_BOT_TOKEN": "xoxb-new", "CLICKHOUSE_PASSWORD": ""}, before)

    assert after == "# mine\nSLACK_BOT_TOKEN=xoxb-new\nLOG_LEVEL=debug\nCLICKHOUSE_PASSWORD=old\n"


def test_a_variable_that_is_there_twice_gets_its_new_value_in_both_places(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    before = "SLACK_BOT_TOKEN=xoxb-old\nLOG_LEVEL=debug\nexport SLACK_BOT_TOKEN=xoxb-older\n"
    file.write_text(env({"SLACK_BOT_TOKEN": "xoxb-new"}, before), "utf-8")

    assert read_env_file(file, is_needed=True).values == {"SLACK_BOT_TOKEN": "xoxb-new", "LOG_LEVEL": "debug"}
    assert "xoxb-old" not in file.read_text("utf-8")


def test_the_difference_names_what_changes_and_shows_no_value() -> None:
    before = "SLACK_BOT_TOKEN=xoxb-old\nCLICKHOUSE_PASSWORD=\nSOMETHING_ELSE=private words\n# private, too\n"
    after = env({"SLACK_BOT_TOKEN": "xoxb-new", "CLICKHOUSE_PASSWORD": "secret", "SLACK_APP_TOKEN": "xapp-1"}, before)

    shown = env_difference(before, after, ".env")

    assert "  SLACK_BOT_TOKEN changes" in shown
    assert "+CLICKHOUSE_PASSWORD=(hidden)" in shown
    assert "+SLACK_APP_TOKEN=(hidden)" in shown
    assert not [text for text in ("xoxb-old", "xoxb-new", "=secret", "xapp-1", "private") if text in shown]
