"""The log of an error shows where it came from, and no values of local variables."""

import subprocess
import sys
from pathlib import Path

import pytest

FAILING = """
import logging
from bot import logs
from bot.config import Settings
import structlog

environ = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "LOG_FORMAT": "%s"}
logs.set_up(Settings.from_env(environ))

def fail(password):
    raise RuntimeError("it " + "broke")

for log in (structlog.get_logger("ours").error, logging.getLogger("theirs").error):
    try:
        fail("hunter" + "2")
    except RuntimeError:
        log("failed", exc_info=True)
"""


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_traceback_is_told_without_the_values_of_variables(form: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FAILING % form],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert ended.stdout == ""
    assert ended.stderr.count("it broke") == 2
    assert ended.stderr.count("RuntimeError") >= 2
    assert "hunter2" not in ended.stderr
