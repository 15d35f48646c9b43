"""A scenario nothing here was written for: other clusters, range and time zone, and names as people have them."""

import json
from collections.abc import Iterator

import pytest

from tests.adapters.store.server import Server
from tests.e2e.control import Control, attempts_in
from tests.e2e.processes import ROOT, Sandbox, bot, eventually, sandbox
from tests.wording import TIMED_OUT

pytestmark = pytest.mark.timeout(1_200)

RANGE = "Mar 1–14 (14 days)"
# New York's day when its clocks go forward, in UTC.
SHORT_DAY = "scored_at >= '2026-03-08 05:00:00' AND scored_at < '2026-03-09 04:00:00'"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, store_server: Server | None) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("another")
    with sandbox(ROOT / "tests/scenarios/other.toml", folder, store_server, speed=3600) as world, bot(world, folder):
        yield world


@pytest.fixture
def control(world: Sandbox) -> Control:
    return world.control


def test_status_counts_every_cluster_and_names_who_is_open(control: Control) -> None:
    eventually(control.alerts)
    lines = control.ask_until_known("/backfill status").splitlines()

    assert lines[0].startswith("5 of 9 customers complete · 1 struggling · 1 stopped · 1 running")
    assert lines[1] == f"{RANGE}."
    assert lines[6:9] == [
        "Orchard 1/4 complete, 3 open",
        "harbor_1 4/5 complete, 1 open",
        "attic-7: nothing to backfill",
    ]
    assert lines[2].startswith("Big One, Inc. on Orchard: struggling, full range, attempt ")
    assert lines[3].startswith(
        "*bold*_co_ on harbor_1: stopped after 2 of 3 windows: 4 days missing (Mar 11–14). Nothing has run for "
    )
    assert lines[4].startswith("shop.example.com on Orchard: running, window 2 of 2 (Mar 8–14). Attempt 1, healthy")
    assert lines[5:6] == ["Orchard has 1 customer not started: 日本 支店."]


@pytest.mark.parametrize(
    ("typed", "start"),
    [
        ("“Big One, Inc.”", "Big One, Inc. on Orchard: "),
        ("shop.example.com", "shop.example.com on Orchard: running, window 2 of 2 (Mar 8–14)."),
        ('"harbor_1/Müller & Söhne"', "Müller &amp; Söhne on harbor_1: complete."),
        ('"orchard/müller & söhne"', "Müller &amp; Söhne on Orchard: complete."),
        ("harbor_1/2026-03-01", "2026-03-01 on harbor_1: complete."),
        ("north-2026-03-01-2026-03-08", "north-2026-03-01-2026-03-08 on harbor_1: complete."),
        ("*bold*_co_", "*bold*_co_ on harbor_1: stopped after 2 of 3 windows: 4 days missing"),
        ("“日本 支店”", "日本 支店 on Orchard: not started."),
        ("<!channel>", "&lt;!channel&gt; on harbor_1: complete."),
    ],
)
def test_a_customer_of_any_name_is_found_and_told_literally(control: Control, typed: str, start: str) -> None:
    answer = control.ask_message(f"/backfill status {typed}")

    assert answer["text"].startswith(start)
    assert "<!channel" not in json.dumps(answer)


def test_a_name_on_two_clusters_asks_which_in_words_that_can_be_typed(control: Control) -> None:
    shown = control.ask_until_known("/backfill verify “Müller & Söhne”")
    forms = '"harbor_1/Müller & Söhne" or "Orchard/Müller & Söhne"'

    assert shown.replace("&amp;", "&") == f"“Müller & Söhne” is on 2 clusters. Say which: {forms}."


def test_the_one_that_is_too_big_struggles_alone_and_alerts_once(control: Control) -> None:
    eventually(lambda: control.alerts() and len(attempts_in(control.thread(control.alerts()[0]))) >= 2)
    lines = control.ask_until_known("/backfill struggling").splitlines()

    (alert,) = control.alerts()
    shown = attempts_in(control.thread(alert))
    assert shown == list(range(1, len(shown) + 1))
    assert alert["text"].startswith(f"Big One, Inc. on Orchard {TIMED_OUT}. ")
    assert f" {RANGE}, running since " in alert["text"]
    assert lines[0] == "1 of 2 open runs is struggling."
    assert lines[1].startswith("Struggling: ")
    assert lines[2].startswith("Big One, Inc. on Orchard (Mar 1–14): Attempt ")


def test_verify_of_everything_tells_matches_and_what_is_missing(control: Control) -> None:
    lines = control.ask_until_known("/backfill verify all").splitlines()

    assert lines[:2] == ["All clusters: 5 of 9 customers match, 2 differ, 2 not finished.", f"{RANGE}."]
    missing = "No rows at all for Mar 11–14 (12 missing in scorecards, 12 in scores)."
    idle = "Nothing is running for the missing days."
    assert f"*bold*_co_ on harbor_1 does not match its source. {missing} {idle}" in lines
    assert lines[-1] == "1 cluster has nothing to backfill."
    named = control.ask_until_known('/backfill verify "2026-03-01"')
    assert named.startswith("2026-03-01 on harbor_1 matches: 42 scorecards and 112 scores, 14 days.")


def test_a_day_is_a_day_of_the_campaigns_time_zone(control: Control) -> None:
    customer = "customer = 'north-2026-03-01-2026-03-08'"
    there = control.sql("harbor_1", f"SELECT count() FROM source.scores WHERE {customer} AND {SHORT_DAY}")
    control.sql("harbor_1", f"DELETE FROM analytics.scores WHERE {customer} AND {SHORT_DAY}")
    shown = control.ask_until_known("/backfill verify north-2026-03-01-2026-03-08")

    assert shown.startswith(
        f"north-2026-03-01-2026-03-08 on harbor_1 does not match its source. scores: {there} rows missing (Mar 8"
    )
