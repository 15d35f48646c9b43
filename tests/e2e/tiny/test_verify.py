"""What ``verify`` says is what SQL says, and what is done to a table by hand is named by day and number."""

import pytest

from tests.e2e.control import Control

pytestmark = pytest.mark.timeout(1_200)

SETTLED = [
    ("alpha", "done-1"),
    ("alpha", "windowed-2025-01-pilot"),
    ("alpha", "partial"),
    ("beta", "idle"),
    ("beta", "nothing"),
]
DAY = "toDate(scored_at, 'UTC')"


def number(control: Control, cluster: str, customer: str, table: str) -> int:
    return int(control.sql(cluster, f"SELECT count() FROM {table} WHERE customer = '{customer}'"))


@pytest.mark.parametrize(("cluster", "customer"), SETTLED)
def test_verify_equals_sql(control: Control, cluster: str, customer: str) -> None:
    shown = control.ask_until_known(f"/backfill verify {cluster}/{customer}")

    for table in ("scorecards", "scores"):
        expected = number(control, cluster, customer, f"source.{table}")
        raw = number(control, cluster, customer, f"analytics.{table}")
        found = number(control, cluster, customer, f"analytics.{table} FINAL")
        if expected == found:
            assert f"{found} {table}" in shown or not found
        else:
            missing = f"−{expected - found}"
            numbers = f"expected {expected}, found {found}, difference {missing}, {raw - found} duplicates"
            assert f"{table}: {numbers}." in shown.splitlines()


def test_a_deleted_day_and_one_inserted_twice_are_named_with_their_numbers(control: Control) -> None:
    rows = "FROM analytics.scores WHERE customer = 'done-1'"
    assert control.ask_until_known("/backfill verify beta/done-1").startswith(
        "done-1 on beta matches: 40 scorecards and 80 scores"
    )
    control.sql("beta", f"DELETE {rows} AND {DAY} = '2026-01-03'")
    control.sql("beta", f"INSERT INTO analytics.scores SELECT * {rows} AND {DAY} = '2026-01-05'")
    shown = control.ask_until_known("/backfill verify beta/done-1").splitlines()
    by_day = control.ask_until_known("/backfill verify beta/done-1 by day").splitlines()

    assert shown[0] == (
        "done-1 on beta does not match its source. "
        "scores: 8 rows missing (Jan 3, no rows at all), 8 duplicates (Jan 5)."
    )
    assert "scorecards: expected 40, found 40, difference 0, 0 duplicates." in shown
    assert "scores: expected 80, found 72, difference −8, 8 duplicates." in shown
    assert by_day[-2:] == [
        "Jan 3, scores: expected 8, found 0, difference −8, 0 duplicates.",
        "Jan 5, scores: expected 8, found 8, difference 0, 8 duplicates.",
    ]


def test_what_differs_puts_its_days_in_doubt_until_it_is_counted_again_and_matches(control: Control) -> None:
    in_doubt = control.ask_until_known("/backfill status beta/done-1")
    rows = f"FROM source.scores WHERE customer = 'done-1' AND {DAY} = '2026-01-03'"
    control.sql("beta", f"INSERT INTO analytics.scores SELECT * {rows}")
    control.sql("beta", "OPTIMIZE TABLE analytics.scores FINAL")
    shown = control.ask_until_known("/backfill verify beta/done-1")

    assert "in doubt: Jan 3 completed, but the count differs" in in_doubt
    assert shown.startswith("done-1 on beta matches: 40 scorecards and 80 scores")
    assert control.ask_until_known("/backfill status beta/done-1").startswith("done-1 on beta: complete.")


def test_a_part_of_the_range_is_counted_alone(control: Control) -> None:
    shown = control.ask_until_known("/backfill verify partial 2026-01-01..2026-01-03").splitlines()

    assert shown[0].startswith("partial on alpha matches: 10 scorecards and 18 scores, 2 days.")
    assert "2026-01-01..2026-01-03 (2 days, Jan 3 not included)" in shown[1]
