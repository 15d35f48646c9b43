"""No line of a table is longer than a phone shows, whatever names and numbers are in it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import commands
from bot.blocks import digest, home, plan, row_differences, status, tables
from bot.blocks.verdict_table import rows as verdict_rows
from bot.fleet.name_lookup import Target
from bot.fleet.planning.plan import Fate, Plan, PlannedWindow
from bot.fleet.planning.planner import PlanInputs, make_plan
from bot.fleet.planning.throughput import Volumes
from bot.fleet.status.answer import FleetStatus
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.board import Board, ClusterRow
from bot.fleet.status.digest import ClusterLine
from bot.fleet.status.estimate import Estimate
from bot.fleet.status.home import Home
from bot.fleet.verification.narrowing import Narrowed
from bot.fleet.verification.verdict import judge
from bot.message import HomeTab, Message
from bot.model import DayCount, ExpectedDay, State, Window
from bot.model.row_differences import DifferingRow, Hour, RowDifference
from tests.blocks.gate import table_of
from tests.blocks.test_digest import DIGEST
from tests.fleet.builders import CAMPAIGN, NOW
from tests.fleet.sizes import RULES, evenly

NAMES = st.text(st.sampled_from("ab-_0 "), min_size=1, max_size=130).map(lambda name: " ".join(name.split()) or "a")
NUMBERS = st.integers(0, 140)
STATES = (State.COMPLETE, State.IN_DOUBT, State.FAILED, State.UNKNOWN, State.NOT_APPLICABLE)


def widest(drawn: Message | HomeTab) -> int:
    return max((len(line) for table in table_of(drawn) for line in table.splitlines()), default=0)


def cluster_row(name: str, verified: int, counts: tuple[int, ...]) -> ClusterRow:
    states = [state for state, number in zip(STATES, counts, strict=True) for _ in range(number)]
    known = [Backfill(name, f"c{n}", CAMPAIGN, state, (), (), None, None) for n, state in enumerate(states)]
    proven = [replace(each, verified_days=CAMPAIGN.days) for each in known[:verified]]
    return ClusterRow(name, (*proven, *known[len(proven) :]), (), ())


rows_of_clusters = st.builds(cluster_row, NAMES, NUMBERS, st.tuples(*[NUMBERS] * len(STATES)))


def test_a_long_remark_stands_below_its_numbers_and_a_short_one_beside_them() -> None:
    cells = [("ap-southeast-2-prod", "75/125", "60 verified, 1 in doubt, 49 open"), ("voice-prod", "3/3", "verified")]

    assert "\n".join(tables.aligned(("Cluster", "Done", ""), cells, right=frozenset({1}))).splitlines() == [
        "Cluster                Done",
        "ap-southeast-2-prod  75/125",
        "  60 verified, 1 in doubt, 49 open",
        "voice-prod              3/3  verified",
    ]


def test_rows_too_wide_for_columns_stand_upright() -> None:
    cells = [("scores_of_every_call_of_every_day", "52,099,968", "668", "not finished")]

    (row,) = tables.aligned(("Table", "Expected", "Found", ""), cells, right=frozenset({1, 2}))
    assert row.splitlines() == [
        "scores_of_every_call_of_every_day",
        "  expected  52,099,968",
        "  found            668",
        "  not finished",
    ]


@given(st.lists(st.tuples(NAMES, NAMES, st.just("") | NAMES, st.just("") | NAMES), max_size=4))
def test_every_table_is_narrow_and_shows_every_word(cells: list[tuple[str, str, str, str]]) -> None:
    table = "\n".join(tables.aligned(("Table", "Key", "Time", ""), cells, right=frozenset({2})))

    assert max(map(len, table.splitlines()), default=0) <= tables.WIDEST
    everything = "".join(table.split())
    assert all("".join(cell.split()) in everything for row in cells for cell in row)


@given(st.lists(rows_of_clusters, max_size=3))
def test_the_tables_of_status_and_home_are_narrow(rows: list[ClusterRow]) -> None:
    board = Board(CAMPAIGN, NOW, tuple(rows))

    assert widest(status.render(FleetStatus(board), commands.Status())) <= tables.WIDEST
    assert widest(home.render(Home(board, may_change=True))) <= tables.WIDEST


@given(st.lists(st.builds(ClusterLine, NAMES, st.sampled_from(["124/126", "≥1,200/3,000", "–"]), NAMES), max_size=4))
def test_the_table_of_the_digest_is_narrow(clusters: list[ClusterLine]) -> None:
    assert widest(digest.render(replace(DIGEST, clusters=tuple(clusters)))) <= tables.WIDEST


@pytest.mark.parametrize("first", [date(2025, 12, 29), date(2026, 1, 31)])
@given(days=st.integers(1, 400), rows=st.none() | st.integers(0, 10**12), minutes=st.integers(1, 10**5))
def test_the_table_of_a_plan_is_narrow(first: date, days: int, rows: int | None, minutes: int) -> None:
    window, whole = Window.of_days(first, days), Window.of_days(first, 2 * days)
    time = Estimate(timedelta(minutes=minutes), timedelta(minutes=2 * minutes))
    planned = (
        PlannedWindow(window, Fate.RUN, rows, time),
        PlannedWindow(Window.of_days(window.end, days), Fate.RUN, rows, None),
    )
    assert (
        widest(plan.render(replace(plan_of(whole), windows=planned), commands.Plan(target="hilton"))) <= tables.WIDEST
    )


def plan_of(whole: Window) -> Plan:
    volumes = Volumes(CAMPAIGN, {"hilton": evenly(1_000)})
    inputs = PlanInputs(Target("voice-prod", "hilton"), whole, {}, volumes, "", expected=True, at=NOW)
    return make_plan(inputs, whole, None, RULES)


@given(NAMES, st.lists(NAMES, min_size=1, max_size=40), st.sampled_from(RowDifference))
def test_the_table_of_keys_is_narrow(table: str, keys: list[str], difference: RowDifference) -> None:
    rows = tuple(DifferingRow(f"('{key}')", Hour(CAMPAIGN.start, 14), difference) for key in keys)
    narrowed = Narrowed(table, (Hour(CAMPAIGN.start, 14),), 0, rows, True, True, "UTC")
    listed, _ = row_differences.keys("hilton", [narrowed], CAMPAIGN, commands.Verify(target="hilton"))
    drawn = row_differences.keys_for_all(listed, [narrowed])

    assert drawn
    assert widest(drawn) <= tables.WIDEST


@given(NAMES, st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_table_of_counts_is_narrow(name: str, expected: int, found: int) -> None:
    day = CAMPAIGN.start
    verdict = judge(name, Window.of_days(day, 1), {day: DayCount(found, found)}, {day: ExpectedDay(expected)})

    assert max(len(line) for row in verdict_rows([verdict]) for line in row.splitlines()) <= tables.WIDEST
