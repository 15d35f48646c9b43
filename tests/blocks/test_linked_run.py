"""The card of a linked run."""

from dataclasses import replace

import pytest

from bot.blocks import linked_run
from bot.fleet.runs.identity import Identity
from bot.fleet.runs.run import Run
from bot.fleet.status.linked_run import LinkedRun
from bot.model import ExecutionStatus
from tests.blocks.gate import taken_by_slack, texts
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, execution

NAME = "<!channel> *x* &"


def linked(status: ExecutionStatus, customer: str = "hilton") -> LinkedRun:
    closed_at = None if status.is_open else NOW
    run = replace(execution(customer), status=status, started_at=NOW - 20 * HOUR, closed_at=closed_at)
    return LinkedRun("voice-prod", Run(run, Identity(customer, CAMPAIGN)), CAMPAIGN, NOW)


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (ExecutionStatus.RUNNING, "Health not known, running for 20 h."),
        (ExecutionStatus.COMPLETED, "completed after 20 h."),
        (ExecutionStatus.FAILED, "failed after 20 h."),
        (ExecutionStatus.CANCELLED, "cancelled after 20 h."),
    ],
)
def test_it_says_whose_it_is_its_days_and_how_it_does(status: ExecutionStatus, text: str) -> None:
    message = taken_by_slack(linked_run.render(linked(status)))

    assert message.text == f"hilton on voice-prod, Jan 1–Feb 20: {text}"
    assert "*hilton on voice-prod*" in texts(message)[0]


def test_names_ping_nobody() -> None:
    message = taken_by_slack(linked_run.render(linked(ExecutionStatus.COMPLETED, NAME)))

    assert "<!channel>" not in str(message)
