"""The answer to ``plan``."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot import commands
from bot.actions import ActionId
from bot.blocks import words
from bot.blocks.plan import render
from bot.blocks.sizing import about, span
from bot.fleet.name_lookup import Target
from bot.fleet.planning.plan import Plan, PlanResult, Unplanned
from bot.fleet.planning.planner import PlanInputs, make_plan
from bot.fleet.planning.throughput import Volumes
from bot.fleet.runs.open_work import AlsoRuns, OpenWork
from bot.fleet.runs.run import Run
from bot.fleet.status.board import Silent
from bot.fleet.status.estimate import Estimate
from bot.message import Message
from bot.model import Doubt, DoubtfulDays, DoubtReason, ExecutionStatus, SizingRules, Window
from tests.blocks.gate import action_ids, table_of, taken_by_slack, texts
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, activity, closed, execution, run, window
from tests.fleet.sizes import PER_DAY, RULES, evenly

NASTY = "<!channel> *bold* <@U1> `x` & co"
FIVE_YEARS = Window(date(2021, 1, 1), date(2025, 12, 31))


def plan(
    *runs: Run, customer: str = "hilton", rows: int | None = None, rules: SizingRules = RULES, days: int | None = None
) -> Plan:
    per_day = PER_DAY.get(customer, 0) if rows is None else rows
    volumes = Volumes(CAMPAIGN, {customer: evenly(per_day)})
    inputs = PlanInputs(
        Target("voice-prod", customer), CAMPAIGN, {customer: list(runs)}, volumes, "", expected=True, at=NOW
    )
    return make_plan(inputs, CAMPAIGN, days, rules)


def complete(days: Window, took: timedelta = timedelta(seconds=1)) -> Run:
    return run(closed(ExecutionStatus.COMPLETED, "hilton", days, took=took), days)


def draw(result: PlanResult) -> Message:
    return taken_by_slack(render(result, commands.Plan(target="hilton")))


def lines(result: PlanResult) -> list[str]:
    return draw(result).text.splitlines()


def test_the_first_line_tells_what_would_run_and_the_next_ones_why() -> None:
    result = plan()

    assert lines(result)[:7] == [
        "hilton on voice-prod: 11 windows of 5 days would run one after another; about 23–32 h.",
        "Nothing has started. Started now, all would be done between 2026-02-23 17:02 UTC and 2026-02-24 02:00 UTC.",
        "Jan 1–Feb 20 (51 days).",
        "5 days a window: 82K rows a day. In earlier backfills, 5 days worked for hilton (82K a day), "
        "united-east (210K a day).",
        "To run: 11 windows, 51 days, 4.2M rows.",
        "A window takes about 2–3 h, by the pace of 2 earlier backfills.",
        "Jan 1–5: 5 days, 412K rows, run, 2–3 h",
    ]
    assert lines(result)[-1].startswith("Feb 20: 1 day, 82K rows, run, ")


def test_every_window_is_drawn_in_a_row_and_skipped_ones_alike_share_one() -> None:
    going_on = run(execution("hilton", window(6, 11)), window(6, 11), activity())
    done = [complete(window(n, n + 1)) for n in range(1, 6)]
    (table,) = table_of(draw(plan(*done, going_on)))
    rows = [" ".join(line.split()) for line in table.splitlines()]

    assert rows[1:4] == ["Jan 1–5 5 × 1 412K complete", "Jan 6–10 5 412K running", "Jan 11–15 5 412K run, 2–3 h"]
    assert max(len(line) for line in table.splitlines()) <= 40
    assert sum("run, " in row for row in rows) == 9


def test_where_everything_is_complete_nothing_would_run_and_the_size_is_told_all_the_same() -> None:
    windows = [complete(window(n, n + 1)) for n in range(1, 52)]

    assert lines(plan(*windows))[:5] == [
        "hilton on voice-prod: nothing would run: 51 windows of 1 day are complete.",
        "Jan 1–Feb 20 (51 days).",
        "5 days a window: 82K rows a day. In earlier backfills, 5 days worked for hilton (82K a day), "
        "united-east (210K a day).",
        "Skipped: 51 windows, 51 days.",
        "Jan 1–Feb 20: 51 windows of 1 day, 4.2M rows, skip: complete",
    ]
    assert lines(plan(complete(CAMPAIGN)))[0].endswith("nothing would run: 1 window of 51 days is complete.")


def test_several_kinds_of_skipped_windows_are_each_counted() -> None:
    going_on = run(execution("hilton", window(6, 52)), window(6, 52), activity())

    assert lines(plan(complete(window(1, 6)), going_on))[0] == (
        "hilton on voice-prod: nothing would run: windows: 1 complete, 1 running."
    )


@pytest.mark.parametrize(
    ("result", "first"),
    [
        (plan(days=51), "hilton on voice-prod: 1 window of 51 days would run; "),
        (plan(days=17), "hilton on voice-prod: 3 windows of 17 days would run one after another; "),
        (
            plan(complete(window(4, 6)), days=10),
            "hilton on voice-prod: 6 windows of up to 10 days would run one after another; ",
        ),
        (plan(rows=0), "hilton on voice-prod: no data in these days, so there is nothing to run."),
        (
            plan(days=51, rules=replace(RULES, baselines=())),
            "hilton on voice-prod: 1 window of 51 days would run; how long it takes is not known.",
        ),
        (
            plan(rules=replace(RULES, baselines=())),
            "hilton on voice-prod: 11 windows of 5 days would run one after another; how long ",
        ),
    ],
)
def test_the_headline_says_how_it_is(result: Plan, first: str) -> None:
    assert lines(result)[0].startswith(first)


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (
            plan(customer="vivint", rows=174_500),
            "5 days a window: 174K rows a day. In earlier backfills, 5 days worked for united-east (210K a "
            "day), hilton (82K a day).",
        ),
        (plan(days=4), "4 days a window, as asked: 82K rows a day."),
        (
            plan(customer="cvs"),
            "1 day a window: set for cvs in the configuration, whatever its volume (95K rows a day).",
        ),
        (
            plan(complete(window(1, 6), took=5 * HOUR)),
            "3 days a window: 82K rows a day. One day takes about 60 m (as 1 run of hilton took), "
            "and a window should take about 3 h.",
        ),
        (
            plan(complete(window(1, 6), took=HOUR / 2)),
            "10 days a window: 82K rows a day. One day takes about 6 m (as 1 run of hilton took), "
            "and a window should take about 3 h; 30 days would fit, but 10 are the most.",
        ),
        (
            plan(customer="new", rows=400_000, rules=replace(RULES, baselines=())),
            "1 day a window: 400K rows a day, more than any bounded tier.",
        ),
        (
            plan(customer="new", rows=9_000, rules=replace(RULES, baselines=())),
            "10 days a window: 9,000 rows a day, of up to 50K.",
        ),
    ],
)
def test_the_size_is_told_with_its_reason(result: Plan, why: str) -> None:
    assert lines(result)[3].startswith(why)


def test_an_open_full_range_is_told_before_anybody_starts_windows_beside_it() -> None:
    whole = run(execution("hilton"), CAMPAIGN, activity())

    assert lines(plan(whole))[1] == (
        "The full-range run (attempt 1, healthy) still runs: a split ends it first. Rows already written stay."
    )


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "0"),
        (0.4, "under 1"),
        (9_999, "9,999"),
        (9_999.6, "10K"),
        (82_353, "82K"),
        (999_499, "999K"),
        (999_500, "1.0M"),
        (4_200_000, "4.2M"),
        (1_234_567_890, "1,234.6M"),
    ],
)
def test_a_volume_is_said_no_more_exactly_than_it_is_reckoned_with(number: float, expected: str) -> None:
    assert words.amount(number) == expected


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (timedelta(0), "1 s"),
        (timedelta(seconds=119), "119 s"),
        (timedelta(minutes=119), "119 m"),
        (2.25 * HOUR, "2 h"),
        (61 * HOUR, "61 h"),
        (timedelta(days=300), "300 d"),
    ],
)
def test_an_estimate_is_said_in_one_unit(time: timedelta, expected: str) -> None:
    assert about(time) == expected


def test_an_open_full_range_that_is_being_cancelled_is_said_to_be() -> None:
    result = plan(replace(run(execution("hilton", CAMPAIGN), CAMPAIGN, activity()), cancel_requested=True))

    assert lines(result)[1] == (
        "The full-range run (attempt 1, healthy) is being cancelled: windows start once it has ended."
    )


def test_what_did_not_answer_is_told() -> None:
    inputs = PlanInputs(
        Target("voice-prod", "ghost"), CAMPAIGN, {}, None, "connection refused", expected=False, at=NOW
    )
    text = "\n".join(lines(make_plan(inputs, CAMPAIGN, None, RULES)))

    assert "51 windows of 1 day would run one after another; how long they take is not known." in text
    assert "1 day a window: the source did not tell the volume, so it is the size for the largest customers." in text
    assert "The source did not say how much there is, or on which days: connection refused." in text
    assert "It is not in the configuration: nobody expects it on this cluster." in text


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(112, 180, "2–3 m"), (30, 180, "30 s to 3 m"), (6_000, 10_000, "2–3 h"), (20, 20, "20 s")],
)
def test_two_times_are_told_in_one_unit_where_the_shorter_fills_it(low: int, high: int, expected: str) -> None:
    assert span(Estimate(timedelta(seconds=low), timedelta(seconds=high))) == expected


def test_a_silent_cluster_has_no_plan_and_is_said_to_be_silent() -> None:
    silent = Silent("voice-prod", "no answer within 3 s", NOW - HOUR, customers=17)

    assert lines(Unplanned(Target("voice-prod", "hilton"), CAMPAIGN, NOW, silent)) == [
        "hilton on voice-prod: no plan, because voice-prod did not answer (no answer within 3 s), last seen 1 h ago.",
        "Jan 1–Feb 20 (51 days).",
    ]


def test_five_years_of_one_day_windows_fit_and_the_rest_is_counted() -> None:
    volumes = Volumes(FIVE_YEARS, {"hilton": dict.fromkeys(FIVE_YEARS.each_day(), 400_000)})
    inputs = PlanInputs(Target("voice-prod", "hilton"), FIVE_YEARS, {}, volumes, "", expected=True, at=NOW)
    message = draw(make_plan(inputs, FIVE_YEARS, 1, RULES))

    assert message.text.startswith("hilton on voice-prod: 1,825 windows of 1 day would run one after another; about ")
    assert "Jan 1, 2021: 1 day, 400K rows, run, " in message.text
    shown = sum(", 2021: 1 day" in line for line in message.text.splitlines())
    assert message.text.endswith(f"{1_825 - shown:,} more lines: open the message to see them.")
    assert "60 of 1,825 lines." in texts(message)


def test_nothing_in_a_name_is_a_mark_or_a_ping() -> None:
    rules = replace(RULES, baselines=(replace(RULES.baselines[0], name=NASTY * 5),))
    drawn = " ".join(texts(draw(plan(customer=NASTY, rows=82_000, rules=rules))))

    assert "<!channel>" not in drawn
    assert "<@U1>" not in drawn


def test_names_of_any_length_fit() -> None:
    long = "x" * 200
    rules = replace(RULES, baselines=tuple(replace(RULES.baselines[0], name=f"{n}{long}") for n in range(9)))
    message = draw(plan(customer=long, rows=82_000, rules=rules, days=1))

    assert message.text.splitlines()[-1].startswith("Feb 20: 1 day, ")


def test_what_is_open_elsewhere_is_told_with_and_without_a_plan() -> None:
    note = AlsoRuns("hilton", OpenWork(Target("<old>", "hilton"), has_sequence=True))
    silent = Unplanned(Target("voice-prod", "hilton"), CAMPAIGN, NOW, Silent("voice-prod", "gone", None, 1), (note,))

    for result in (replace(plan(), notes=(note,)), silent):
        message = draw(result)
        assert "&lt;old&gt;: a sequence" in message.text
        assert "&lt;old&gt;: a sequence" in str(message.blocks)


def test_a_plan_says_why_days_in_doubt_run_again() -> None:
    doubt = Doubt(DoubtReason.CHILD_ENDED, "failed", "copy-3")
    shown = lines(plan(replace(complete(window(1, 11)), doubts=(DoubtfulDays(window(6, 11), doubt),))))

    assert "Run again because they are in doubt: 5 days (Jan 6–10 completed, but its child copy-3 failed)." in shown


def test_a_typed_range_is_repeated_as_it_was_typed() -> None:
    typed = replace(plan(), is_typed=True)

    assert lines(typed)[2] == "2026-01-01..2026-02-21 (51 days, Feb 21 not included)."


def test_a_plan_offers_to_run_it_and_to_split_what_runs_over_the_full_range() -> None:
    whole = run(execution("hilton", CAMPAIGN), CAMPAIGN, activity())

    assert action_ids(draw(plan())) == [ActionId.RETRY]
    assert action_ids(draw(plan(whole))) == [ActionId.SPLIT, ActionId.NOTIFY]


def test_a_plan_offers_to_tell_a_person_who_asks_while_only_windows_run() -> None:
    running = run(execution("hilton", window(1, 6)), window(1, 6), activity())

    assert action_ids(draw(plan(running))) == [ActionId.RETRY, ActionId.NOTIFY]


def test_a_plan_of_typed_days_or_of_a_typed_size_is_run_by_typing_it() -> None:
    assert action_ids(draw(replace(plan(), is_typed=True))) == []
    assert action_ids(draw(plan(days=3))) == []
    assert action_ids(draw(plan(complete(CAMPAIGN)))) == []


def test_windows_side_by_side_are_said_to_be_and_are_done_sooner() -> None:
    one, three = plan(), replace(plan(), at_once=3)
    assert one.eta
    assert three.eta

    assert lines(three)[0].startswith("hilton on voice-prod: 11 windows of 5 days would run 3 at a time; ")
    assert one.eta.low / 3 <= three.eta.low < one.eta.low / 2


def test_windows_side_by_side_take_no_less_than_the_longest() -> None:
    planned = replace(plan(days=51), at_once=3)

    assert planned.eta == plan(days=51).eta


def test_a_plan_whose_time_is_not_known_says_no_more_than_that_nothing_has_started() -> None:
    assert lines(plan(rules=replace(RULES, baselines=())))[1] == "Nothing has started."
