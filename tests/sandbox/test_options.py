"""The command line of the sandbox."""

from pathlib import Path

import pytest

from sandbox.options import Options, read_options


def test_nothing_said_is_the_morning_at_the_default_speed() -> None:
    assert read_options([]) == Options("morning", 120, 8484, data=None, env_file=None)


def test_everything_can_be_said(tmp_path: Path) -> None:
    words = ["--scenario", "evening", "--speed", "0.5", "--slack-port", "0", "--data", "d", "--no-bot"]

    assert read_options([*words, "--env-file", str(tmp_path / "env")]) == Options(
        "evening", 0.5, 0, Path("d"), tmp_path / "env"
    )


def test_the_bot_may_be_in_http_mode() -> None:
    assert read_options(["--http"]).http is True
    assert read_options([]).http is False


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--speed", "0"], "'0' is not a number above 0"),
        (["--speed", "fast"], "'fast' is not a number above 0"),
        (["--speed", "inf"], "'inf' is not a number above 0"),
        (["--slack-port", "70000"], "'70000' is not a port"),
        (["--no-bot"], "--no-bot and --env-file PATH belong together"),
        (["--env-file", "x"], "--no-bot and --env-file PATH belong together"),
        (["--no-bot", "--env-file", "/no/such/place/env"], "there is no directory /no/such/place"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        read_options(arguments)

    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err
