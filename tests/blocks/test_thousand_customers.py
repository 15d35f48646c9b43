"""A thousand customers on eight clusters: every message about the fleet is taken by Slack and counts everybody."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.blocks import digest as digest_blocks
from bot.blocks import home as home_blocks
from bot.blocks import report as report_blocks
from bot.blocks import status as status_blocks
from bot.commands import Status
from bot.fleet.report.build import ClusterFacts, Records, Setting, build
from bot.fleet.report.span import Span
from bot.fleet.runs.run import ClusterView, Run
from bot.fleet.status.answer import FleetStatus
from bot.fleet.status.board import Board, row_of
from bot.fleet.status.digest import digest_of
from bot.fleet.status.home import Home
from bot.fleet.status.snapshot import News
from bot.message import Message
from bot.model import ExecutionStatus
from local_slack.validation import Surface, check_view
from tests.blocks.gate import taken_by_slack, texts
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, TIMED_OUT, activity, closed, execution, run
from tests.fleet.sizes import RULES

CLUSTERS = tuple(f"region-{number}-production" for number in range(8))
CUSTOMERS = tuple(f"customer-with-a-name-{number}" for number in range(125))
COMPLETE, TOTAL = 600, 1_000


def runs_of(cluster: str) -> Iterator[Run]:
    """Of 125 customers 75 are complete, 20 run, 15 time out, 10 have failed, and 5 have not started."""
    for number, customer in enumerate(CUSTOMERS):
        of = execution(customer, CAMPAIGN, cluster, started_at=NOW - 22 * HOUR)
        if number < 75:
            yield run(closed(ExecutionStatus.COMPLETED, customer, CAMPAIGN, cluster), CAMPAIGN)
        elif number < 95:
            yield run(of, CAMPAIGN, activity())
        elif number < 110:
            yield run(of, CAMPAIGN, activity(attempt=3, last_failure=TIMED_OUT))
        elif number < 120:
            yield run(closed(ExecutionStatus.FAILED, customer, CAMPAIGN, cluster), CAMPAIGN)


@pytest.fixture(scope="module")
def fleet() -> Board:
    views = (ClusterView(cluster, NOW, tuple(runs_of(cluster))) for cluster in CLUSTERS)
    return Board(CAMPAIGN, NOW, tuple(row_of(view, CUSTOMERS, CAMPAIGN) for view in views))


def whole(message: Message) -> str:
    return "\n".join(texts(taken_by_slack(message)))


def test_status_begins_with_the_numbers_and_has_a_button_for_those_that_do_not_fit(fleet: Board) -> None:
    message = status_blocks.render(FleetStatus(fleet), Status())

    assert message.text.startswith(f"{COMPLETE} of {TOTAL:,} customers complete")
    assert "Show the next " in whole(message)
    assert all(cluster in whole(message) for cluster in CLUSTERS)


def test_the_home_tab_counts_those_that_it_does_not_show(fleet: Board) -> None:
    tab = home_blocks.render(Home(fleet, may_change=True, operators=()))

    check_view({"type": "home", "blocks": [dict(block) for block in tab.blocks]}, Surface.HOME)
    assert f"{COMPLETE} of {TOTAL:,}" in texts(tab)[0]


def test_the_digest_counts_the_open_customers_of_each_cluster(fleet: Board) -> None:
    message = digest_blocks.render(digest_of(fleet, News(NOW - timedelta(days=1)), (), {}))

    assert message.text.startswith(f"Digest: {COMPLETE} of {TOTAL:,} customers complete")
    assert "75/125  50 open" in whole(message)
    assert all(cluster in whole(message) for cluster in CLUSTERS)


def test_the_report_has_everybody_in_its_file_and_the_numbers_in_its_message(fleet: Board) -> None:
    setting = Setting(Span(NOW - 24 * HOUR, NOW), NOW, False, CAMPAIGN, RULES)
    report = build([ClusterFacts(row) for row in fleet.answered], Records((), (), {}), setting, {})
    message = report_blocks.render(report)

    assert "Operations log" in whole(message)
    assert len(whole(message)) < 2_000
    assert message.document is not None
    assert message.document.text.count("customer-with-a-name-") > TOTAL
