"""The answer to ``verify``: the verdict comes first; text from outside neither marks up, nor pings, nor overflows."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.actions import command_of
from bot.blocks import kit
from bot.blocks.verify import render
from bot.blocks.words import first_days_in, range_in
from bot.commands import Breakdown, Retry, Selection, Verify
from bot.fleet.name_lookup import Target
from bot.fleet.runs.open_work import AlsoRuns, OpenWork
from bot.fleet.verification.verdict import (
    ClusterVerdict,
    CustomerVerdict,
    TableVerdict,
    Unanswered,
    VerifyResult,
    groups,
    judge,
    ranges,
)
from bot.message import Message
from bot.model import DayCount, ExpectedDay, Window
from tests.blocks.gate import action_ids, elements_of, table_of, taken_by_slack, texts_of
from tests.fleet.builders import NOW

CAMPAIGN = Window(date(2026, 1, 1), date(2026, 2, 21))
JAN_7, JAN_9 = date(2026, 1, 7), date(2026, 1, 9)
SOURCE = dict.fromkeys(CAMPAIGN.each_day(), ExpectedDay(1123))
WHOLE = dict.fromkeys(SOURCE, DayCount(1123, 1123))
GOOD = judge("scores", CAMPAIGN, WHOLE, SOURCE)


def verdict_of(name: str, *tables: TableVerdict | Unanswered, cluster: str = "voice-prod") -> CustomerVerdict:
    return CustomerVerdict(cluster, name, tables)


def of_customer(verdict: CustomerVerdict, by: Breakdown = Breakdown.SUMMARY, runs_silent: str = "") -> Message:
    cluster = ClusterVerdict(verdict.cluster, (verdict,), runs_silent=runs_silent)
    return taken_by_slack(
        render(
            VerifyResult(Target(verdict.cluster, verdict.customer), CAMPAIGN, by, (cluster,), NOW),
            Verify(target=verdict.customer, by=by),
        )
    )


def of_fleet(*clusters: ClusterVerdict, by: Breakdown = Breakdown.SUMMARY) -> Message:
    return taken_by_slack(render(VerifyResult(None, CAMPAIGN, by, clusters, NOW), Verify(target="all", by=by)))


def damaged() -> TableVerdict:
    counted = {day: count for day, count in WHOLE.items() if day != JAN_7} | {JAN_9: DayCount(2023, 1123)}
    return judge("scores", CAMPAIGN, counted, SOURCE)


def lacking_on(day: date) -> TableVerdict:
    return judge("scores", CAMPAIGN, {known: count for known, count in WHOLE.items() if known != day}, SOURCE)


def first_line(message: Message) -> str:
    return message.text.splitlines()[0]


def test_what_matches_says_how_much_of_everything_and_how_many_days() -> None:
    cards = judge("scorecards", CAMPAIGN, {JAN_7: DayCount(4200, 4200)}, {JAN_7: ExpectedDay(4200)})
    message = of_customer(verdict_of("hilton", GOOD, cards))

    assert first_line(message) == "hilton on voice-prod matches: 57,273 scores and 4,200 scorecards, 51 days."
    assert "Jan 1–Feb 20 (51 days)." in message.text


def test_what_differs_names_the_day_and_the_duplicates() -> None:
    message = of_customer(verdict_of("hilton", damaged()))

    assert first_line(message) == (
        "hilton on voice-prod does not match its source. scores: 1,123 rows missing (Jan "
        "7, no rows at all), 900 duplicates (Jan 9)."
    )
    assert "scores: expected 57,273, found 56,150, difference −1,123, 900 duplicates." in message.text
    assert message.text.count("Jan 7") == 1


def test_tables_that_lack_the_same_days_whole_share_a_sentence_and_nothing_runs_them() -> None:
    lacking = lacking_on(JAN_7)
    message = of_customer(verdict_of("hilton", lacking, replace(lacking, table="scorecards")))

    assert first_line(message) == (
        "hilton on voice-prod does not match its source. No rows at all for Jan 7 (1,123 missing in scores, 1,123 in "
        "scorecards)."
    )
    assert "Nothing is running for the missing days." in message.text


def test_tables_that_differ_alike_name_the_days_once() -> None:
    cards = replace(damaged(), table="scorecards")
    running = replace(verdict_of("hilton", lacking_on(JAN_7), replace(lacking_on(JAN_7), table="scorecards")))
    message = of_customer(verdict_of("hilton", damaged(), cards))

    assert first_line(message) == (
        "hilton on voice-prod does not match its source. No rows at all for Jan 7 (1,123 missing in scores, 1,123 in "
        "scorecards); duplicates on Jan 9 (900 in scores, 900 in scorecards)."
    )
    assert "Rows still to come for Jan 7 (1,123 in scores, 1,123 in scorecards)." in first_line(
        of_customer(running.while_filled((CAMPAIGN,), (), CAMPAIGN))
    )
    assert "scorecards: 1,123 rows missing" in first_line(of_customer(verdict_of("hilton", lacking_on(JAN_9), cards)))


def with_contents(*days: date, of: TableVerdict = GOOD) -> TableVerdict:
    """The table with other contents on these days, and the contents of the source on all others."""
    return replace(
        of,
        days=tuple(
            replace(day, count=replace(day.count, checksum=8 if day.day in days else 7), expected_checksum=7)
            for day in of.days
        ),
    )


def test_other_contents_are_told_by_their_days_where_counts_match() -> None:
    message = of_customer(verdict_of("hilton", with_contents(JAN_7)), by=Breakdown.DAY)

    assert (
        first_line(message)
        == "hilton on voice-prod does not match its source. scores: counts match, contents differ (Jan 7)."
    )
    assert "Jan 7, scores: expected 1,123, found 1,123, difference 0, 0 duplicates, contents differ." in message.text


def test_equal_contents_are_said_where_all_tables_were_compared_by_them() -> None:
    whole = of_customer(verdict_of("hilton", with_contents()))
    partly = of_customer(verdict_of("hilton", with_contents(), replace(GOOD, table="calls")))

    assert first_line(whole) == "hilton on voice-prod matches, contents included: 57,273 scores, 51 days."
    assert first_line(partly) == "hilton on voice-prod matches: 57,273 scores and 57,273 calls, 51 days."


def test_days_of_a_table_whose_source_did_not_answer_are_not_called_as_expected() -> None:
    silent = replace(judge("scorecards", CAMPAIGN, {}, None), source_silent="connection refused")

    assert "as expected" in of_customer(verdict_of("hilton", damaged())).text
    assert "as expected" not in of_customer(verdict_of("hilton", damaged(), silent)).text


def test_other_contents_stand_beside_rows_that_are_missing() -> None:
    message = of_customer(verdict_of("hilton", with_contents(JAN_9, of=lacking_on(JAN_7))))

    assert first_line(message) == (
        "hilton on voice-prod does not match its source. scores: 1,123 rows missing (Jan "
        "7, no rows at all), other contents (Jan 9)."
    )


def test_other_contents_on_every_day_are_probably_hashed_differently() -> None:
    message = of_customer(verdict_of("hilton", with_contents(*CAMPAIGN.each_day())))

    assert first_line(message) == (
        "hilton on voice-prod does not match its source. scores: counts match, contents differ (Jan 1–Feb 20)"
        " on every day compared: check both expressions."
    )


def test_other_contents_are_a_column_of_their_own_in_the_headline_of_a_fleet() -> None:
    message = of_fleet(ClusterVerdict("voice-prod", (verdict_of("hilton", with_contents(JAN_7)),)))

    assert first_line(message) == "All clusters: 0 of 1 customer matches, 1 with other contents."


def test_what_is_not_finished_says_that_rows_may_yet_arrive() -> None:
    lacking = judge("scores", CAMPAIGN, {day: count for day, count in WHOLE.items() if day != JAN_7}, SOURCE)
    running = verdict_of("hilton", lacking).while_filled((Window(date(2026, 1, 6), date(2026, 1, 11)),), (), CAMPAIGN)
    message = of_customer(running)

    assert first_line(message) == (
        "hilton on voice-prod is not finished. scores: 1,123 rows still to come (Jan 7)."
        " Still running (Jan 6–10): verify again when that has ended."
    )


def test_what_nothing_fills_is_wrong_and_nobody_is_told_to_wait_for_it() -> None:
    run, later = Window(date(2026, 2, 11), date(2026, 2, 19)), Window(date(2026, 2, 19), CAMPAIGN.end)
    lacking = judge("scores", CAMPAIGN, {day: WHOLE[day] for day in WHOLE if day.month == 1}, SOURCE)
    gap = judge("scores", CAMPAIGN, {day: WHOLE[day] for day in WHOLE if day != JAN_7}, SOURCE)

    partly = of_customer(verdict_of("hilton", lacking).while_filled((run,), (later,), CAMPAIGN))
    wholly = of_customer(verdict_of("hilton", gap).while_filled((run,), (), CAMPAIGN))

    assert first_line(partly) == (
        "hilton on voice-prod is still running (Feb 11–18) and has still to run (Feb 19–20), so this count is early. "
        "No rows yet for Feb 1–10, and nothing fills them by itself."
    )
    assert first_line(wholly).endswith(" Still running (Feb 11–18), which fills none of these days.")


def test_a_run_that_is_being_cancelled_is_told_and_fills_nothing() -> None:
    gap = judge("scores", CAMPAIGN, {day: WHOLE[day] for day in WHOLE if day != JAN_7}, SOURCE)
    message = of_customer(replace(verdict_of("hilton", gap), ending=(Window(date(2026, 1, 6), date(2026, 1, 11)),)))

    assert first_line(message) == (
        "hilton on voice-prod does not match its source. scores: 1,123 rows missing (Jan "
        "7, no rows at all). 1 run is being cancelled"
        " (Jan 6–10)."
    )


def test_where_duplicates_cannot_be_told_nothing_simply_matches() -> None:
    unknown = {day: replace(count, duplicates_known=False) for day, count in WHOLE.items()}
    too_many = unknown | {JAN_9: DayCount(2000, 2000, duplicates_known=False)}
    message = of_customer(verdict_of("hilton", judge("scores", CAMPAIGN, unknown, SOURCE)))
    over = of_customer(verdict_of("hilton", judge("scores", CAMPAIGN, too_many, SOURCE)))
    uncompared = of_customer(verdict_of("hilton", judge("scores", CAMPAIGN, unknown, None)))
    fleet = of_fleet(
        ClusterVerdict("voice-prod", (verdict_of("hilton", judge("scores", CAMPAIGN, unknown, SOURCE)),))
    )

    assert first_line(message).startswith(
        "hilton on voice-prod is not proven, but holds as many rows as expected: 57,273 scores, 51 days. In scores "
        "a duplicate counts like any other row, so rows may be missing all the same."
    )
    assert "name the key columns of scores as key in [[verify.tables]] of backfill.toml" in message.text
    assert "scores: expected 57,273, found 57,273, difference 0, duplicates not known." in message.text
    assert (
        first_line(over)
        == "hilton on voice-prod does not match its source. scores: 877 rows too many (Jan 9, perhaps duplicates)."
    )
    assert "Not proven: duplicates in scores are not counted" in first_line(uncompared)
    assert first_line(fleet) == "All clusters: 0 of 1 customer matches, 1 with duplicates not known."
    assert fleet.text.splitlines()[-1].startswith("1 holds as many rows as expected, duplicates not known")


def test_rows_that_merge_away_are_no_duplicates() -> None:
    counted = {**WHOLE, JAN_9: DayCount(2023, 1123, merging=900)}
    message = of_customer(verdict_of("hilton", judge("scores", CAMPAIGN, counted, SOURCE)))

    assert first_line(message) == "hilton on voice-prod matches: 57,273 scores, 51 days."
    assert "scores: 900 stored rows that merge away when ClickHouse merges, not counted." in message.text
    assert "0 duplicates" in message.text


def test_the_numbers_are_drawn_as_a_table() -> None:
    (table,) = table_of(of_customer(verdict_of("hilton", damaged())))

    assert table.splitlines()[:2] == [
        "Table   Expected   Found",
        "scores    57,273  56,150  differs",
    ]


def test_a_word_that_has_no_room_beside_the_numbers_stands_below_them() -> None:
    many = {day: DayCount(1_021_568, 1_021_568) for day in SOURCE if day.month == 1}
    source = dict.fromkeys(SOURCE, ExpectedDay(1_021_568))
    tables = [judge(name, CAMPAIGN, many, source) for name in ("scores", "scorecards")]
    (table,) = table_of(of_customer(verdict_of("vivint", *tables).while_filled((CAMPAIGN,), (), CAMPAIGN)))

    assert table.splitlines()[:3] == [
        "Table         Expected       Found",
        "scores      52,099,968  31,668,608",
        "  not finished",
    ]


def test_duplicates_alone_are_told_beside_the_match() -> None:
    counted = {**WHOLE, JAN_9: DayCount(2023, 1123)}
    message = of_customer(verdict_of("hilton", judge("scores", CAMPAIGN, counted, SOURCE)))

    assert first_line(message).startswith("hilton on voice-prod matches: 57,273 scores, 51 days. ")
    assert "scores also holds 900 duplicates on Jan 9, not counted here." in first_line(message)


def test_rows_too_many_are_told_as_such() -> None:
    counted = {**WHOLE, JAN_9: DayCount(1124, 1124)}
    message = of_customer(verdict_of("hilton", judge("scores", CAMPAIGN, counted, SOURCE)))

    assert first_line(message) == "hilton on voice-prod does not match its source. scores: 1 row too many (Jan 9)."


def test_without_an_expectation_it_says_that_nothing_was_compared() -> None:
    counted = {day: WHOLE[day] for day in WHOLE if day.day not in {7, 8, 9}}
    message = of_customer(verdict_of("hilton", judge("scores", CAMPAIGN, counted, None)))

    assert "was counted but not compared" in first_line(message)
    assert "scores from Jan 1 to Feb 20, no rows on Jan 7–9, Feb 7–9." in first_line(message)


def test_days_that_are_empty_in_the_source_as_well_are_listed_as_no_fault() -> None:
    without = {day: rows for day, rows in SOURCE.items() if day != JAN_7}
    counted = {day: WHOLE[day] for day in without}
    message = of_customer(verdict_of("hilton", judge("scores", CAMPAIGN, counted, without)))

    assert "hilton on voice-prod matches" in first_line(message)
    assert "scores: no rows in the source either on Jan 7." in message.text


def test_a_customer_without_any_rows_anywhere_has_nothing_to_verify() -> None:
    message = of_customer(verdict_of("hilton", judge("scores", CAMPAIGN, {}, {})))

    assert first_line(message) == "hilton on voice-prod has no rows in these days, and neither has the source."


def test_what_did_not_answer_is_not_verified_and_says_why() -> None:
    silent = Unanswered("scores", "no answer from host:8123 within 60 s")
    message = of_customer(verdict_of("hilton", silent, replace(GOOD, table="calls")))

    assert first_line(message) == (
        "hilton on voice-prod is not verified. ClickHouse did not answer for scores (no answer from host:8123 within "
        "60 s). calls matches: 57,273 rows. No sign of lost data."
    )
    assert "To count again: /backfill verify voice-prod/hilton. If it stays like this, backfill-bot check" in (
        message.text
    )
    assert "`/backfill verify voice-prod/hilton`" in str(message.blocks)


def test_by_day_every_day_that_is_not_as_expected_has_a_line() -> None:
    message = of_customer(verdict_of("hilton", damaged()), Breakdown.DAY)

    assert "Jan 7, scores: expected 1,123, found 0, difference −1,123, 0 duplicates." in message.text
    assert "Jan 9, scores: expected 1,123, found 1,123, difference 0, 900 duplicates." in message.text
    assert "Jan 8, scores" not in message.text


def test_by_window_every_window_has_a_verdict_of_its_own() -> None:
    first = Window.of_days(CAMPAIGN.start, 5)
    second = Window(first.end, date(2026, 1, 11))
    verdict = CustomerVerdict("voice-prod", "hilton", (damaged(),), groups(CAMPAIGN, [first, second]))
    message = of_customer(verdict, Breakdown.WINDOW)

    assert "Jan 1–5: matches: 5,615 scores, 5 days." in message.text
    assert (
        "Jan 6–10: does not match its source. scores: 1,123 rows missing (Jan 7, no rows at all), 900 duplicates"
        in message.text
    )
    assert "Jan 11–Feb 20 (no run): matches: " in message.text


def test_windows_that_temporal_does_not_tell_are_told_as_unknown() -> None:
    message = of_customer(verdict_of("hilton", GOOD), Breakdown.WINDOW, runs_silent="connection refused")

    assert "voice-prod: Temporal did not tell the windows of its runs (connection refused)." in message.text


def test_a_fleet_has_a_line_for_each_that_differs_worst_first_and_counts_those_that_match() -> None:
    voice = ClusterVerdict("voice-prod", (verdict_of("vivint", GOOD), verdict_of("hilton", damaged())))
    chat = ClusterVerdict("chat-prod", (verdict_of("verizon", GOOD, cluster="chat-prod"),))
    message = of_fleet(voice, chat, ClusterVerdict("eu-west-2-prod", ()))

    assert message.text.splitlines() == [
        "All clusters: 2 of 3 customers match, 1 differs.",
        "Jan 1–Feb 20 (51 days).",
        "hilton on voice-prod does not match its source. scores: 1,123 rows missing (Jan "
        "7, no rows at all), 900 duplicates (Jan 9). Nothing is running for the missing days.",
        "Duplicates are extra copies of rows, not counted as found. A new run does not remove them: ClickHouse may "
        "when it merges, or else the table's owner has to.",
        "1 cluster has nothing to backfill.",
    ]


def test_a_fleet_has_the_button_of_each_of_the_first_that_differ_below_its_lines() -> None:
    many = tuple(verdict_of(f"c{number}", damaged()) for number in range(9))
    message = of_fleet(ClusterVerdict("voice-prod", many))

    pressed = elements_of(message.blocks)
    assert [button["text"]["text"] for button in pressed] == ["Run Jan 7 again…"] * 6
    assert [button.get("style") for button in pressed] == ["primary", *[None] * 5]
    assert command_of(pressed[1]["action_id"], pressed[1]["value"]) == Retry(
        target="voice-prod/c1", range=Window.of_days(JAN_7, 1), which=Selection.ALL
    )
    assert [block["type"] for block in message.blocks][1:5] == ["section", "actions", "section", "actions"]


def test_a_match_that_there_is_more_to_say_of_keeps_its_line() -> None:
    doubled = {day: DayCount(count.raw + (day == JAN_7), count.final) for day, count in WHOLE.items()}
    doubtful = verdict_of("hilton", judge("scores", CAMPAIGN, doubled, SOURCE))
    uncompared = verdict_of("vivint", GOOD, judge("calls", CAMPAIGN, WHOLE, None))
    without = verdict_of("spirit", judge("scores", CAMPAIGN, {}, {}))
    message = of_fleet(ClusterVerdict("voice-prod", (doubtful, uncompared, without, verdict_of("oportun", GOOD))))

    listed = [line.split()[0] for line in message.text.splitlines()[2:]]
    assert listed == ["hilton", "vivint", "spirit"]


def test_whom_there_was_no_time_to_count_is_named_with_how_to_ask() -> None:
    message = of_fleet(ClusterVerdict("voice-prod", (verdict_of("cox", GOOD),), ("hilton", "vivint")))

    assert "1 of 3 customers matches, 2 not verified." in message.text
    assert (
        "voice-prod takes too long to count them all. 2 customers not verified: hilton, vivint. "
        "Type /backfill verify and the name of one of them, or fewer days."
    ) in message.text


def test_a_silent_cluster_is_one_line_that_counts_whom_it_hides() -> None:
    silent = tuple(verdict_of(f"c-{n}", Unanswered("scores", "no answer")) for n in range(4))
    message = of_fleet(ClusterVerdict("voice-prod", silent, ("hilton", "vivint"), "no answer"))

    assert first_line(message) == "All clusters: 0 of 6 customers match, 6 not verified."
    assert "voice-prod stopped answering (no answer). 6 customers not verified: c-0, " in message.text
    assert len(message.text.splitlines()) == 3


@pytest.mark.parametrize("by", Breakdown)
def test_the_largest_answers_fit_into_one_message(by: Breakdown) -> None:
    years = Window(date(2022, 1, 1), date(2027, 1, 1))
    odd = {day: DayCount(day.day * 2, day.day) for day in years.each_day() if day.day % 2}
    table = judge("scores", years, odd, dict.fromkeys(years.each_day(), ExpectedDay(9)))
    runs = groups(years, [Window.of_days(day, 1) for day in years.each_day()])
    many = tuple(CustomerVerdict("c", f"customer-{n}-{'x' * 180}", (table, table), runs) for n in range(95))
    fleet = VerifyResult(None, years, by, (ClusterVerdict("c", many),), NOW)
    single = VerifyResult(Target("c", "x"), years, by, (ClusterVerdict("c", many[:1]),), NOW)

    for message in (
        taken_by_slack(render(fleet, Verify(target="all"))),
        taken_by_slack(render(single, Verify(target="hilton"))),
    ):
        assert len(message.text) <= kit.MAX_TEXT
        assert len(message.blocks) <= kit.MAX_BLOCKS
        assert "more line" in message.text or by is Breakdown.SUMMARY
        assert "do not fit in one Slack message" not in json.dumps(message.blocks)


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=120), st.text(max_size=120))
def test_nothing_from_outside_marks_up_or_pings(name: str, why: str) -> None:
    hostile = verdict_of(f"{name}<!channel>", Unanswered("scores<@U1>", f"{why}<!here>"), damaged())

    for message in (of_customer(hostile, Breakdown.DAY), of_fleet(ClusterVerdict("voice-prod", (hostile,), (), why))):
        marked_up = [text for block in message.blocks if block["type"] != "rich_text" for text in texts_of(block)]
        shown = "\n".join([message.text, *marked_up])
        assert "<!" not in shown
        assert "<@" not in shown


def test_days_are_named_as_people_name_them() -> None:
    assert range_in(Window.of_days(JAN_7, 1), CAMPAIGN) == "Jan 7"
    assert range_in(Window(JAN_7, date(2026, 1, 10)), CAMPAIGN) == "Jan 7–9"
    assert range_in(Window(date(2026, 1, 30), date(2026, 2, 3)), CAMPAIGN) == "Jan 30–Feb 2"


def test_days_of_several_years_have_their_year() -> None:
    years = Window(date(2025, 12, 1), date(2026, 2, 1))

    assert range_in(Window.of_days(JAN_7, 1), years) == "Jan 7, 2026"
    assert range_in(Window(JAN_7, JAN_9), years) == "Jan 7–8, 2026"
    assert range_in(Window(date(2025, 12, 30), date(2026, 1, 3)), years) == "Dec 30, 2025–Jan 2, 2026"


def test_more_ranges_than_fit_are_counted_in_days() -> None:
    empty = judge("scores", CAMPAIGN, {}, None).days
    parts = ranges([day for n, day in enumerate(empty) if n % 3])

    assert first_days_in(parts, CAMPAIGN, 2) == "Jan 2–3, Jan 5–6 and 30 more days"
    assert first_days_in(parts[:1], CAMPAIGN, 2) == "Jan 2–3"


@pytest.mark.parametrize("is_counted", [True, False])
def test_what_is_open_of_it_elsewhere_is_told_below(is_counted: bool) -> None:
    cluster = ClusterVerdict(
        "voice-prod", (verdict_of("hilton", GOOD),) if is_counted else (), () if is_counted else ("hilton",)
    )
    note = AlsoRuns("hilton", OpenWork(Target("<old>", "hilton"), has_sequence=True))
    result = VerifyResult(Target("voice-prod", "hilton"), CAMPAIGN, Breakdown.SUMMARY, (cluster,), NOW, (note,))
    message = taken_by_slack(render(result, Verify(target="hilton")))

    assert "&lt;old&gt;: a sequence" in message.text
    assert "&lt;old&gt;" in str(message.blocks)


def test_days_whose_rows_are_not_as_expected_can_be_run_again_from_the_answer() -> None:
    message = of_customer(verdict_of("hilton", damaged()))
    (row,) = [block["elements"] for block in message.blocks if block["type"] == "actions"]

    assert [(button["text"]["text"], button["style"]) for button in row] == [("Run Jan 7 again…", "primary")]
    assert command_of(row[0]["action_id"], row[0]["value"]) == Retry(
        target="voice-prod/hilton", range=Window.of_days(JAN_7, 1), which=Selection.ALL
    )


RUN = Window(date(2026, 2, 11), date(2026, 2, 19))
EARLY = judge("scores", CAMPAIGN, {day: WHOLE[day] for day in WHOLE if day.month == 1}, SOURCE)


def test_days_that_nothing_fills_beside_a_run_are_early_and_can_be_run() -> None:
    message = of_customer(verdict_of("hilton", EARLY).while_filled((RUN,), (), CAMPAIGN))
    (pressed,) = elements_of(message.blocks)

    assert first_line(message) == (
        "hilton on voice-prod is still running (Feb 11–18), so this count is early. No rows yet for Feb 1–10, Feb "
        "19–20, and nothing fills them by itself."
    )
    assert "the open run goes on, and the bot starts one window after the other." in message.text
    assert ":red_circle:" not in str(message.blocks)
    assert command_of(pressed["action_id"], pressed["value"]) == Retry(target="voice-prod/hilton")


def test_beside_a_sequence_days_that_it_leaves_out_are_to_be_run_when_it_has_ended() -> None:
    message = of_customer(verdict_of("hilton", EARLY).while_filled((RUN,), (RUN,), CAMPAIGN))

    assert "Run what is missing when its sequence has ended." in message.text
    assert action_ids(message) == []


def test_what_did_not_answer_can_be_counted_again_with_a_button() -> None:
    message = of_customer(verdict_of("hilton", Unanswered("scores", "no answer"), replace(GOOD, table="calls")))
    (pressed,) = elements_of(message.blocks)

    assert (pressed["text"]["text"], pressed["style"]) == ("Verify again", "primary")
    assert command_of(pressed["action_id"], pressed["value"]) == Verify(target="voice-prod/hilton")


@pytest.mark.parametrize(
    "verdict",
    [
        verdict_of("hilton", GOOD),
        verdict_of("hilton", judge("scores", CAMPAIGN, {**WHOLE, JAN_9: DayCount(2023, 1123)}, SOURCE)),
        verdict_of("hilton", lacking_on(JAN_7)).while_filled((CAMPAIGN,), (), CAMPAIGN),
    ],
    ids=["matches", "only duplicates", "still being filled"],
)
def test_nothing_is_offered_that_does_not_help(verdict: CustomerVerdict) -> None:
    assert action_ids(of_customer(verdict)) == []
