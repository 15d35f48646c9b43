"""The answer to ``status`` about the fleet or a cluster."""

from dataclasses import replace
from datetime import timedelta

import pytest
from slack_sdk.models.blocks import InteractiveElement

from bot.actions import command_of
from bot.blocks import buttons, run_status
from bot.blocks.status import render
from bot.commands import Retry, Split, Status, retry_several, split_struggling
from bot.fleet.name_lookup import Target
from bot.fleet.runs.run import ClusterView, Run
from bot.fleet.runs.run_counts import CountedDays, with_counts
from bot.fleet.status.answer import ClusterStatus, CustomerStatus, FleetStatus, StatusResult
from bot.fleet.status.backfill import Stop
from bot.fleet.status.board import Board, ClusterRow, Silent, row_of, with_volumes
from bot.message import Message
from bot.model import Doubt, DoubtfulDays, DoubtReason, ExecutionStatus, MoreTime, Phase, Window, in_utc
from tests.blocks.gate import elements_of, table_of, taken_by_slack, texts, texts_of
from tests.fleet.builders import (
    BOOM,
    CAMPAIGN,
    HOUR,
    MINUTE,
    NOW,
    TIMED_OUT,
    activity,
    closed,
    execution,
    run,
    seen,
    window,
)
from tests.fleet.evening import CUSTOMERS, evening_runs
from tests.fleet.sequences import progress, running, spec, standing

S = ExecutionStatus
EVERYBODY = Status()
NASTY = "<!channel> *bold* <@U1> `x` & co"


def draw(result: StatusResult, command: Status = EVERYBODY) -> Message:
    return taken_by_slack(render(result, command))


def row(*runs: Run, customers: tuple[str, ...], cluster: str = "voice-prod") -> ClusterRow:
    return row_of(ClusterView(cluster, NOW, runs), customers, CAMPAIGN)


def fleet(*rows: ClusterRow | Silent) -> Message:
    return draw(FleetStatus(Board(CAMPAIGN, NOW, rows)))


def lines(message: Message) -> list[str]:
    return message.text.splitlines()


def drawn(message: Message) -> str:
    return str(message.blocks)


def paragraphs(message: Message) -> list[str]:
    """The text that Slack reads as mrkdwn, without tables."""
    return [text for block in message.blocks if block["type"] != "rich_text" for text in texts_of(block)]


def running_run(customer: str, days: Window = CAMPAIGN, **changes: object) -> Run:
    return run(execution(customer, days), days, activity(**changes))


@pytest.fixture
def evening() -> Board:
    rows = [
        row(
            *(run for run in evening_runs() if run.execution.ref.cluster == cluster), customers=names, cluster=cluster
        )
        for cluster, names in CUSTOMERS.items()
    ]
    return Board(CAMPAIGN, NOW, tuple(rows))


def test_the_evening_reads_as_the_operations_log(evening: Board) -> None:
    answer = lines(draw(FleetStatus(evening)))

    assert answer[0].startswith("89 of 95 customers complete · 3 stopped · 3 running (")
    assert answer[1] == "Jan 1–Feb 20 (51 days)."
    assert answer[8:14] == [
        "voice-prod 14/17 complete, 3 open",
        "us-east-1-prod 41/44 complete, 3 open",
        "us-west-2-prod 30/30 complete",
        "chat-prod 3/3 complete",
        "schwab-prod 1/1 complete",
        "3 clusters have nothing to backfill",
    ]
    partial = (
        "stopped after 1 of {0} windows: {1} days missing ({2}–Feb 20). Nothing runs; {3} completed, and no run "
        "followed."
    )
    assert answer[2:5] == [
        f"marriott on us-east-1-prod: {partial.format(6, 41, 'Jan 11', 'Jan 1–10')}",
        f"spirit on us-east-1-prod: {partial.format(6, 41, 'Jan 11', 'Jan 1–10')}",
        f"united-east on us-east-1-prod: {partial.format(11, 46, 'Jan 6', 'Jan 1–5')}",
    ]
    assert answer[5].startswith(
        "hilton on voice-prod: running, window 2 of 11 (Jan 6–10). Attempt 1, healthy, running for 12 m."
    )
    assert answer[6].startswith("holidayinn-transfers on voice-prod: running, full range. Attempt 1, healthy,")
    assert answer[7].startswith(
        "vivint on voice-prod: running, full range. Attempt 1, healthy, running for 22 h 10 m."
    )
    assert answer[14:] == ["3 customers stopped: run what is missing; complete days are not run again."]


def test_the_blocks_say_the_same_with_a_table_and_links(evening: Board) -> None:
    message = draw(FleetStatus(evening))
    headline, *_ = texts(message)
    (table,) = table_of(message)
    open_customers = "\n".join(texts(message))

    assert headline.startswith(
        "*89 of 95 customers complete · 3 stopped · 3 running (3–4 d left)*\nJan 1–Feb 20 (51 days)"
    )
    assert "voice-prod      14/17  3 open" in table
    assert table.splitlines()[-1] == "3 clusters have nothing to backfill"
    assert "*hilton* on voice-prod: running, window 2 of 11" in open_customers
    assert "<https://temporal.test/backfill-vivint-2026-01-01-2026-02-21|Temporal>" in open_customers


def test_the_table_is_narrow_enough_for_a_phone(evening: Board) -> None:
    (table,) = table_of(draw(FleetStatus(evening)))

    assert max(len(line) for line in table.splitlines()) <= 40


def test_a_silent_cluster_is_unknown_with_why_and_when_it_was_last_seen() -> None:
    message = fleet(
        row(running_run("hilton"), customers=("hilton",)),
        Silent("chat-prod", "no answer within 3 s", NOW - 4 * MINUTE, 3),
        Silent("new-prod", "connection refused", None, 1),
    )

    assert lines(message)[0] == "Unknown how many of 5 customers are complete · 1 running (4–5 h left) · 4 unknown."
    assert "chat-prod unknown: did not answer (no answer within 3 s), last seen 4 m ago" in lines(message)
    assert "new-prod unknown: did not answer (connection refused), never seen yet" in lines(message)
    assert (
        ":warning: *chat-prod* did not answer (no answer within 3 s), last seen 4 m ago. Not known: its 3 customers."
        in drawn(message)
    )
    assert "Until they answer, there are no new alerts about their runs." in drawn(message)


def test_a_cluster_without_rows_in_range_is_not_applicable() -> None:
    message = fleet(with_volumes(row(customers=("hilton",)), {}))

    assert lines(message)[0] == "No customer has anything to backfill."
    assert "voice-prod: no rows in range" in lines(message)


def test_customers_that_nobody_has_started_share_a_line() -> None:
    message = fleet(row(customers=tuple(f"tenant-{n}" for n in range(12))))

    assert lines(message)[2].startswith("voice-prod has 12 customers not started: tenant-0, tenant-1, ")
    assert lines(message)[2].endswith("tenant-9 and 2 more.")


def test_what_struggles_is_told_first_with_its_reason() -> None:
    message = fleet(
        row(
            running_run("vivint"),
            running_run("hilton", attempt=3, last_failure=TIMED_OUT),
            customers=("vivint", "hilton"),
        )
    )

    assert lines(message)[2] == (
        "hilton on voice-prod: struggling, full range, attempt 3: timed out on heartbeat. "
        "At Jan 7 (21%), running for 1 h."
    )


def test_what_struggles_says_how_often_it_timed_out_where_every_attempt_was_seen() -> None:
    hilton = activity(attempt=4, last_failure=TIMED_OUT)
    unseen = run(execution("hilton", CAMPAIGN), CAMPAIGN, hilton, failures=(seen(1),))
    seen_whole = replace(
        unseen, health=run(unseen.execution, CAMPAIGN, hilton, failures=(seen(1), seen(2), seen(3))).health
    )

    assert ", attempt 4: timed out on heartbeat." in lines(fleet(row(unseen, customers=("hilton",))))[2]
    assert ", attempt 4: timed out on heartbeat 3 times." in lines(fleet(row(seen_whole, customers=("hilton",))))[2]


@pytest.mark.parametrize(
    ("ago", "end"), [(30, "running for 1 h."), (61, "running for 1 h. Last heartbeat 1 m 1 s ago.")]
)
def test_the_last_heartbeat_is_told_only_where_it_is_late(ago: int, end: str) -> None:
    late = running_run("hilton", attempt=3, last_failure=TIMED_OUT, last_heartbeat_at=NOW - timedelta(seconds=ago))

    assert lines(fleet(row(late, customers=("hilton",))))[2].endswith(f"At Jan 7 (21%), {end}")


def test_a_failed_backfill_says_what_was_seen_to_fail() -> None:
    failed = run(closed(S.FAILED, "hilton", CAMPAIGN), CAMPAIGN, failures=(seen(1), seen(2, BOOM)))

    assert lines(fleet(row(failed, customers=("hilton",))))[2] == (
        "hilton on voice-prod: failed, 51 days missing (Jan 1–Feb 20). Last failure: connection reset by peer. "
        "Nothing runs; the full-range run failed."
    )


def test_a_terminated_backfill_is_failed_and_says_how() -> None:
    ended = run(closed(S.TERMINATED, "hilton", CAMPAIGN), CAMPAIGN)

    assert lines(fleet(row(ended, customers=("hilton",))))[2] == (
        "hilton on voice-prod: failed, 51 days missing (Jan 1–Feb 20). "
        "Nothing runs; the full-range run was terminated, by whom is not known."
    )


def test_what_fits_into_no_row_is_told_below() -> None:
    silent_source = replace(row(customers=("vivint",), cluster="chat-prod"), source_silent="connection refused")
    message = fleet(row(running_run("ghost"), run(execution("odd"), None), customers=()), silent_source)

    assert lines(message)[-3:] == [
        "The source of chat-prod did not say whether what is not started there has rows: connection refused.",
        "Seen but not expected, and not counted: ghost on voice-prod (running, healthy).",
        "1 execution not recognised, and not counted: backfill-odd-2026-01-01-2026-02-21 on voice-prod.",
    ]
    assert "Seen but not expected" in drawn(message)


def test_several_open_windows_are_told_apart() -> None:
    first = run(closed(S.COMPLETED, "hilton", window(1, 6)), window(1, 6))
    message = fleet(
        row(first, running_run("hilton", window(6, 11)), running_run("hilton", window(11, 16)), customers=("hilton",))
    )

    assert ": running, windows 2 to 3 of 11 (Jan 6–10, Jan 11–15)." in lines(message)[2]
    assert "Jan 6–10: Attempt 1, healthy" in lines(message)[2]


def test_a_full_range_beside_a_window_is_told_too() -> None:
    message = fleet(row(running_run("hilton"), running_run("hilton", window(1, 6)), customers=("hilton",)))

    assert ": running, full range and window 1 of 11 (Jan 1–5)." in lines(message)[2]


@pytest.mark.parametrize("result", ["fleet", "cluster", "customer"])
def test_names_from_outside_are_shown_literally_and_ping_nobody(result: str) -> None:
    nasty_row = row(
        running_run(NASTY, attempt=2, last_failure=replace(BOOM, message=NASTY)), customers=(NASTY,), cluster=NASTY
    )
    board = Board(CAMPAIGN, NOW, (nasty_row,))
    results: dict[str, StatusResult] = {
        "fleet": FleetStatus(Board(CAMPAIGN, NOW, (nasty_row, Silent(NASTY, NASTY, None, 1)))),
        "cluster": ClusterStatus(NASTY, board),
        "customer": CustomerStatus(NASTY, NASTY, CAMPAIGN, NOW, nasty_row.customers[0]),
    }
    message = draw(results[result])

    marked_up = message.text + "".join(paragraphs(message))
    assert "<!channel>" not in marked_up
    assert "<@U1>" not in marked_up
    assert "&lt;!channel&gt;" in message.text
    assert not any("*bold*" in text for text in paragraphs(message))


def test_a_huge_fleet_fits_one_message_and_says_what_is_left_out() -> None:
    def crowd(cluster: int) -> ClusterRow:
        runs = [running_run(f"tenant-{cluster}-{n}", attempt=n, last_failure=BOOM) for n in range(1, 200)]
        names = tuple(run.name for run in runs) + tuple(f"idle-{n}" for n in range(801))
        return row(*runs, customers=names, cluster=f"cluster-{cluster}-with-a-name-of-some-length")

    crowds = [crowd(n) for n in range(3)]
    rows = [replace(crowds[n % 3], cluster=f"cluster-{n}-with-a-name-of-some-length") for n in range(200)]
    message = fleet(*rows, Silent("chat-prod", "x" * 5_000, None, 3))

    assert lines(message)[0].startswith("Unknown how many of 200,003 customers are complete · ")
    assert any(line.startswith("chat-prod unknown: did not answer") for line in lines(message))
    assert "more clusters: open the message to see them." in message.text
    assert "more lines: open the message to see them." in message.text
    assert "Show the next " in drawn(message)


def test_a_cluster_names_who_is_complete_and_who_has_nothing_to_do() -> None:
    done = run(closed(S.COMPLETED, "nrg", CAMPAIGN), CAMPAIGN)
    voice = with_volumes(row(done, running_run("hilton"), customers=("nrg", "hilton", "idle")), {})
    message = draw(ClusterStatus("voice-prod", Board(CAMPAIGN, NOW, (voice,))))

    assert lines(message)[0] == "voice-prod: 1 of 2 customers complete · 1 running (4–5 h left)."
    assert lines(message)[2].startswith("hilton on voice-prod: running, full range. Attempt 1, healthy")
    assert lines(message)[3:] == ["Complete: nrg.", "No rows in range: idle."]


def test_a_silent_cluster_asked_for_is_unknown() -> None:
    silent = Silent("voice-prod", "no answer within 3 s", None, 17)
    message = draw(ClusterStatus("voice-prod", Board(CAMPAIGN, NOW, (silent,))))

    assert lines(message)[0] == (
        "voice-prod did not answer (no answer within 3 s), never seen yet. Not known: its 17 customers."
    )
    assert lines(message)[1] == (
        "Until it answers, there are no new alerts about its runs. backfill-bot check on the bot's host says why."
    )
    assert "`backfill-bot check`" in drawn(message)


def test_customers_whose_windows_a_sequence_runs_say_which_one_and_who_has_paused_it() -> None:
    sequences = (
        standing(progress(running(3, window(11, 16)))),
        standing(progress(of=spec("vivint"), phase=Phase.PAUSED, paused_by="U0OSCAR")),
        standing(progress(of=spec("marriott")), progress=None),
    )
    runs = (
        run(closed(S.COMPLETED, "hilton", window(1, 6)), window(1, 6)),
        running_run("hilton", window(11, 16)),
    )
    voice = row_of(ClusterView("voice-prod", NOW, runs, sequences), ("hilton", "vivint", "marriott"), CAMPAIGN)
    message = draw(FleetStatus(Board(CAMPAIGN, NOW, (voice,), people={"U0OSCAR": "Oscar"})))

    assert [line.partition(". ")[0].removesuffix(".") for line in lines(message)[2:5]] == [
        "vivint on voice-prod: paused by Oscar, 2 of 11 windows done, 9 queued",
        "hilton on voice-prod: running, window 3 of 11 (Jan 11–15), 8 queued",
        "marriott on voice-prod: running, its sequence does not answer",
    ]


def test_what_is_left_is_told_between_two_windows_too() -> None:
    done = run(closed(S.COMPLETED, "hilton", window(1, 6)), window(1, 6))
    voice = row_of(ClusterView("voice-prod", NOW, (done,), (standing(progress()),)), ("hilton",), CAMPAIGN)

    assert lines(fleet(voice))[2] == (
        "hilton on voice-prod: running, 2 of 11 windows done, 9 queued. About 9–12 h left for all days."
    )


def test_what_is_being_cancelled_is_given_no_time() -> None:
    done = run(closed(S.COMPLETED, "hilton", window(1, 6)), window(1, 6))
    stopping = standing(progress(phase=Phase.STOPPING))
    voice = row_of(ClusterView("voice-prod", NOW, (done,), (stopping,)), ("hilton",), CAMPAIGN)

    assert lines(fleet(voice))[2] == "hilton on voice-prod: cancelling, 2 of 11 windows done."


def test_what_is_paused_has_work_left_and_no_end_in_sight() -> None:
    done = run(closed(S.COMPLETED, "hilton", window(1, 6)), window(1, 6))
    paused = standing(progress(phase=Phase.PAUSED, paused_by="U0OSCAR"))
    voice = row_of(ClusterView("voice-prod", NOW, (done,), (paused,)), ("hilton",), CAMPAIGN)

    assert lines(fleet(voice))[2].endswith(
        "paused by U0OSCAR, 2 of 11 windows done, 9 queued. About 9–12 h of work left for all days."
    )


def test_clusters_whose_past_is_not_all_known_are_named_below() -> None:
    voice = replace(row(running_run("hilton"), customers=("hilton",)), history_silent="4,000 ended runs read so far")
    other = replace(voice, cluster="chat-prod", history_silent="the store does not tell: locked")

    assert lines(fleet(voice, other))[-1] == (
        "What is unknown may be complete, since not all past runs are known: "
        "voice-prod (4,000 ended runs read so far), chat-prod (the store does not tell: locked)."
    )


def test_a_cluster_that_does_not_tell_its_sequences_is_named_below() -> None:
    voice = replace(row(running_run("hilton"), customers=("hilton",)), sequences_silent="no answer in time")

    assert lines(fleet(voice))[-1] == "Whether sequences are open on voice-prod is not known: no answer in time."


def test_what_may_be_complete_is_counted_as_unknown_and_never_as_open() -> None:
    done = run(closed(S.COMPLETED, "vivint", CAMPAIGN), CAMPAIGN)
    view = ClusterView("voice-prod", NOW, (running_run("hilton"), done), history_silent="locked")
    message = fleet(row_of(view, ("hilton", "vivint", "spirit"), CAMPAIGN))

    assert lines(message)[0] == "At least 1 of 3 customers complete · 1 running · 1 unknown."
    assert "voice-prod ≥1/3 complete, 1 open, 1 unknown" in lines(message)
    assert "voice-prod has 1 customer unknown: spirit." in lines(message)


def test_a_cluster_of_which_nothing_is_known_to_be_complete_is_unknown() -> None:
    view = ClusterView("voice-prod", NOW, (), history_silent="locked")
    message = fleet(row_of(view, ("hilton", "spirit"), CAMPAIGN))

    assert lines(message)[0] == "Unknown how many of 2 customers are complete · 2 unknown."
    assert "voice-prod 2 unknown" in lines(message)


def test_customers_in_doubt_are_counted_apart_and_never_as_complete() -> None:
    doubt = DoubtfulDays(CAMPAIGN, Doubt(DoubtReason.CANCEL_REQUESTED))
    doubtful = replace(run(closed(S.COMPLETED, "hilton", CAMPAIGN), CAMPAIGN), doubts=(doubt,))
    message = fleet(row(doubtful, running_run("vivint"), customers=("hilton", "vivint")))

    assert lines(message)[0] == "0 of 2 customers complete · 1 in doubt · 1 running (4–5 h left)."
    assert "voice-prod 0/2 complete, 1 in doubt, 1 open" in lines(message)
    assert any(line.startswith("hilton on voice-prod: in doubt:") for line in lines(message))


def test_those_that_counts_have_proven_are_told_beside_those_that_are_complete() -> None:
    counted = run(closed(S.COMPLETED, "hilton", CAMPAIGN), CAMPAIGN)
    count = CountedDays(CAMPAIGN, NOW, matches=True)
    counted = replace(counted, execution=replace(counted.execution, hints=with_counts(counted.execution, [count])))
    plain = run(closed(S.COMPLETED, "spirit", CAMPAIGN), CAMPAIGN)
    complete = fleet(row(counted, plain, customers=("hilton", "spirit")))
    partly = fleet(row(counted, running_run("vivint"), customers=("hilton", "vivint")))

    assert "voice-prod 2/2 complete, 1 verified" in lines(complete)
    assert "voice-prod 1/2 complete, 1 verified, 1 open" in lines(partly)


def test_each_customer_that_needs_a_person_has_the_button_for_what_it_needs() -> None:
    stopped = run(closed(S.CANCELLED, "spirit", CAMPAIGN), CAMPAIGN)
    message = fleet(
        row(
            running_run("vivint"),
            running_run("hilton", attempt=3, last_failure=TIMED_OUT),
            running_run("nrg", attempt=9, last_failure=BOOM),
            stopped,
            customers=("vivint", "hilton", "nrg", "spirit"),
        )
    )
    shown = elements_of(message.blocks)

    assert [command_of(button["action_id"], button["value"]) for button in shown] == [
        Split(target="voice-prod/hilton"),
        Status(target="voice-prod/nrg"),
        Retry(target="voice-prod/spirit"),
    ]
    assert [button.get("style") for button in shown] == ["primary", None, None]
    assert ":warning: *hilton*" in drawn(message)
    assert ":arrows_counterclockwise: *vivint*" in drawn(message)


def test_what_is_taken_for_one_another_is_explained_where_it_stands() -> None:
    struggling, retrying = (
        running_run("hilton", attempt=3, last_failure=TIMED_OUT),
        running_run("nrg", attempt=9, last_failure=BOOM),
    )

    shown = lines(fleet(row(struggling, retrying, customers=("hilton", "nrg"))))
    assert shown[3].startswith(
        "nrg on voice-prod: retrying, full range, attempt 9: connection reset by peer. At Jan 7"
    )
    assert shown[-1] == "Retrying: attempts fail with an error. Remove its cause, and the next attempt gets through."


def test_several_that_need_the_same_have_a_button_for_all_of_them() -> None:
    slow = [running_run(name, attempt=3, last_failure=TIMED_OUT) for name in ("hilton", "vivint")]
    ended = [run(closed(S.CANCELLED, name, CAMPAIGN), CAMPAIGN) for name in ("spirit", "nrg")]
    both = fleet(row(*slow, *ended, customers=("hilton", "vivint", "spirit", "nrg")))
    for_all = elements_of(both.blocks)[:2]

    assert "\n*2 customers stopped*: run what is missing; complete days are not run again." in paragraphs(both)[1]
    assert paragraphs(both)[1].startswith("*Struggling*: each attempt times out on heartbeat")

    assert [button.get("style") for button in elements_of(both.blocks)] == ["primary", *[None] * 5]
    assert [button["text"]["text"] for button in for_all] == [
        "Split all struggling…",
        "Run what is missing for all 2…",
    ]
    assert [command_of(button["action_id"], button["value"]) for button in for_all] == [
        split_struggling("voice-prod"),
        retry_several(("voice-prod/nrg", "voice-prod/spirit")),
    ]
    one_each = fleet(row(slow[0], ended[0], customers=("hilton", "spirit")))
    assert [type(command_of(each["action_id"], each["value"])) for each in elements_of(one_each.blocks)] == [
        Split,
        Retry,
    ]


def test_the_buttons_of_a_named_campaign_are_about_that_campaign() -> None:
    ended = [run(closed(S.CANCELLED, name, CAMPAIGN), CAMPAIGN) for name in ("spirit", "nrg")]
    shown = buttons.in_campaign(fleet(row(*ended, customers=("spirit", "nrg"))).blocks, "march")

    assert [command_of(button["action_id"], button["value"]).campaign for button in elements_of(shown)] == [
        "march"
    ] * 3


@pytest.mark.parametrize(
    "elements",
    [
        buttons.split_all("voice-prod"),
        buttons.more_time(Target("voice-prod", "hilton"), MoreTime(timedelta(minutes=5), timedelta(minutes=30))),
    ],
    ids=["split all", "more time"],
)
def test_every_button_that_changes_something_takes_the_campaign(elements: list[InteractiveElement]) -> None:
    (row_block,) = buttons.in_campaign([block.to_dict() for block in buttons.row(elements)], "march")
    (button,) = row_block["elements"]

    assert command_of(button["action_id"], button["value"]).campaign == "march"


def test_clusters_with_the_most_open_customers_come_first_and_those_with_nothing_to_do_last() -> None:
    rows: list[ClusterRow | Silent] = [
        row(customers=(), cluster="eu-west-2-prod"),
        row(run(closed(S.COMPLETED, "nrg", CAMPAIGN), CAMPAIGN), customers=("nrg",), cluster="chat-prod"),
        row(running_run("hilton"), customers=("hilton",)),
        Silent("new-prod", "no answer within 3 s", None, 1),
    ]

    assert [line.split(" ")[0].rstrip(":") for line in lines(fleet(*rows))[5:]] == [
        "new-prod",
        "voice-prod",
        "chat-prod",
        "eu-west-2-prod",
    ]


def test_a_run_that_ended_before_others_does_not_explain_why_nothing_runs() -> None:
    full = run(closed(S.CANCELLED, "hilton", CAMPAIGN, ago=5 * HOUR, took=HOUR), CAMPAIGN)
    first = run(closed(S.COMPLETED, "hilton", window(1, 6)), window(1, 6))
    second = run(closed(S.CANCELLED, "hilton", window(6, 11), ago=MINUTE), window(6, 11))
    before, after = (
        fleet(row(full, first, customers=("hilton",))),
        fleet(row(full, first, second, customers=("hilton",))),
    )

    assert lines(before)[2].endswith(
        "stopped after 1 of 11 windows: 46 days missing (Jan 6–Feb 20). Nothing runs; Jan 1–5 completed, and no run "
        "followed."
    )
    assert lines(after)[2].endswith("Nothing runs; the last run was cancelled, by whom is not known.")


def test_a_stopped_customer_tells_who_stopped_it_and_when_or_since_when_nothing_runs() -> None:
    ended = run(closed(S.CANCELLED, "spirit", CAMPAIGN), CAMPAIGN)
    (backfill,) = row(ended, customers=("spirit",)).customers
    by_noor = replace(backfill, stop=Stop(NOW, "UNOOR"))
    by_nobody = replace(backfill, stop=Stop(NOW - HOUR))

    assert run_status.headline(by_noor, NOW, {"UNOOR": "Noor"}).plain == (
        f"spirit on voice-prod: stopped by Noor {in_utc(NOW)}, 51 days missing (Jan 1–Feb 20)."
    )
    assert f"<!date^{int(NOW.timestamp())}^" in run_status.headline(by_noor, NOW, {}).mrkdwn
    assert run_status.headline(by_nobody, NOW, {}).plain == (
        "spirit on voice-prod: stopped, 51 days missing (Jan 1–Feb 20). "
        "Nothing has run for 1 h; the full-range run was cancelled, by whom is not known."
    )
