"""App Home: the verdict first, then who needs a person, what goes on, and the clusters."""

import json
from dataclasses import replace

import pytest

from bot.actions import ActionId
from bot.blocks.home import GO_ON_SHOWN, NEED_SHOWN, OPTIONS_SHOWN, refused, render
from bot.fleet.runs.run import ClusterView, Run
from bot.fleet.status.board import Board, ClusterRow, Silent, row_of
from bot.fleet.status.home import Home
from bot.fleet.status.queue import QueuePlace, QueueSilent, QueueSummary
from bot.message import HomeTab
from bot.model import ExecutionStatus, SequenceStanding
from local_slack.validation import Surface, check_view
from tests.blocks.gate import elements_of, texts
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, TIMED_OUT, activity, closed, execution, run, window
from tests.fleet.sequences import progress, running, standing


def struggling(customer: str) -> Run:
    return run(execution(customer, started_at=NOW - HOUR), CAMPAIGN, activity(attempt=3, last_failure=TIMED_OUT))


def healthy(customer: str) -> Run:
    return run(execution(customer, started_at=NOW - HOUR), CAMPAIGN, activity())


def row(*runs: Run, customers: tuple[str, ...], sequences: tuple[SequenceStanding, ...] = ()) -> ClusterRow:
    return row_of(ClusterView("voice-prod", NOW, runs, sequences), customers, CAMPAIGN)


def draw(*rows: ClusterRow | Silent, may_change: bool = True, operators: tuple[str, ...] = ()) -> HomeTab:
    return taken(render(Home(Board(CAMPAIGN, NOW, rows), may_change, operators)))


def taken(tab: HomeTab) -> HomeTab:
    check_view({"type": "home", "blocks": [dict(block) for block in tab.blocks]}, Surface.HOME)
    return tab


def actions(tab: HomeTab) -> list[list[str]]:
    rows = [block["elements"] for block in tab.blocks if block["type"] == "actions"]
    return [[element["action_id"].partition("#")[0] for element in elements] for elements in rows]


def test_the_first_line_counts_who_is_complete_who_needs_a_person_and_what_goes_on() -> None:
    done = run(closed(ExecutionStatus.COMPLETED, "ready", CAMPAIGN), CAMPAIGN)
    tab = draw(row(struggling("slow"), healthy("calm"), done, customers=("slow", "calm", "ready")))

    assert texts(tab)[0] == "1 of 3 customers complete · 1 needs a person · 1 runs by itself"


def test_what_struggles_can_be_split_or_cancelled_and_what_has_failed_is_run_again() -> None:
    failed = run(closed(ExecutionStatus.FAILED, "broken", CAMPAIGN), CAMPAIGN)
    tab = draw(row(struggling("slow"), failed, customers=("slow", "broken")))

    assert actions(tab) == [[ActionId.RETRY], [ActionId.SPLIT, ActionId.CANCEL]]


def test_a_sequence_shows_its_windows_as_a_bar_and_in_words_and_can_be_paused() -> None:
    shown = progress(running(3, window(11, 16)))
    tab = draw(row(customers=("hilton",), sequences=(standing(shown),)))
    (line,) = [text for text in texts(tab) if "hilton" in text]

    assert line.startswith("█░░░░░░░░░ ")
    assert "window 3 of 11" in line
    assert actions(tab) == [[ActionId.PAUSE, ActionId.CANCEL]]


@pytest.mark.parametrize(("rows", "bar"), [(350, "███░░░░░░░ "), (20, "█░░░░░░░░░ "), (0, "░░░░░░░░░░ ")])
def test_the_bar_of_a_run_shows_what_its_heartbeat_reports(rows: int, bar: str) -> None:
    details = json.dumps({"day": "2026-01-07", "rows": rows, "total": 1_000})
    calm = run(execution("calm", started_at=NOW - HOUR), CAMPAIGN, activity(details=details))
    (line,) = [text for text in texts(draw(row(calm, customers=("calm",)))) if "*calm*" in text]

    assert line.startswith(bar)


def test_a_window_under_way_counts_in_the_bar_as_far_as_it_is() -> None:
    done = run(closed(ExecutionStatus.COMPLETED, "hilton", window(1, 26)), window(1, 26))
    details = json.dumps({"day": "2026-02-10", "rows": 500, "total": 1_000})
    second = run(execution("hilton", window(26, 52)), window(26, 52), activity(details=details))
    (line,) = [text for text in texts(draw(row(done, second, customers=("hilton",)))) if "*hilton*" in text]

    assert line.startswith("███████░░░ ")


def waiting(customer: str, turn: QueuePlace | QueueSilent, of: ClusterRow) -> ClusterRow:
    """The row in which this customer waits in the queue."""
    backfills = tuple(replace(b, turn=turn) if b.customer == customer else b for b in of.customers)
    queue = turn if isinstance(turn, QueueSilent) else QueueSummary((customer,), 0, 1, 1, paused_by=turn.paused_by)
    return replace(of, customers=backfills, queue=queue)


def test_a_queued_customer_is_counted_with_its_queue_and_has_no_button() -> None:
    done = run(closed(ExecutionStatus.COMPLETED, "marriott", window(1, 11)), window(1, 11))
    place = QueuePlace(1, 12, "U0OLIVIA", "the January gap")
    tab = draw(waiting("marriott", place, row(done, customers=("marriott",))))

    assert texts(tab)[0] == "0 of 1 customer complete · 1 queued"
    assert "*voice-prod* queue: 1 customer queued, next: marriott." in texts(tab)
    assert actions(tab) == []


def test_the_first_line_says_that_a_queue_is_paused() -> None:
    place = QueuePlace(1, 12, "U0OLIVIA", "the January gap", paused_by="U0OSCAR")
    tab = draw(waiting("marriott", place, row(customers=("marriott",))))

    assert texts(tab)[0] == "0 of 1 customer complete · 1 queued · a queue is paused"
    assert any("/backfill resume voice-prod" in text for text in texts(tab))


def test_a_customer_of_a_queue_that_does_not_answer_may_be_queued_and_has_no_button() -> None:
    done = run(closed(ExecutionStatus.COMPLETED, "marriott", window(1, 11)), window(1, 11))
    tab = draw(waiting("marriott", QueueSilent("no answer within 3 s"), row(done, customers=("marriott",))))

    assert texts(tab)[0] == "0 of 1 customer complete · 1 may be queued"
    assert any("*marriott* on voice-prod: may be queued, 1 of 6 windows done" in text for text in texts(tab))
    assert actions(tab) == []


def test_a_customer_that_is_held_in_the_queue_can_be_resumed() -> None:
    done = run(closed(ExecutionStatus.COMPLETED, "marriott", window(1, 11)), window(1, 11))
    place = QueuePlace(1, 12, "U0OLIVIA", "the January gap", is_held=True)

    assert actions(draw(waiting("marriott", place, row(done, customers=("marriott",))))) == [[ActionId.RESUME]]


@pytest.mark.parametrize("shown", ["campaign-1", "x" * 200])
def test_a_menu_of_very_many_campaigns_with_long_names_is_taken(shown: str) -> None:
    names = ("x" * 200, "y" * 150, *(f"campaign-{number}" for number in range(120)))
    home = Home(Board(CAMPAIGN, NOW, (row(customers=("hilton",)),)), may_change=True, campaign=shown, campaigns=names)
    menus = [element for element in elements_of(taken(render(home)).blocks) if element["type"] == "static_select"]

    assert [len(menu["options"]) for menu in menus] == [OPTIONS_SHOWN]
    assert ["initial_option" in menu for menu in menus] == [len(shown) < 200]


def test_who_may_only_look_sees_no_button_and_whom_to_ask() -> None:
    tab = draw(row(struggling("slow"), customers=("slow",)), may_change=False, operators=("noor", "olivia"))

    assert actions(tab) == []
    assert "ask noor or olivia" in texts(tab)[-1]


def test_a_cluster_that_does_not_answer_is_unknown_and_never_complete() -> None:
    tab = draw(Silent("voice-prod", "no answer within 3 s", NOW - HOUR, 17))

    assert "1 cluster did not answer" in texts(tab)[0]
    assert any("Unknown: *voice-prod* has not answered" in text for text in texts(tab))


def test_a_thousand_customers_fit_and_those_not_shown_are_counted() -> None:
    bad, good = [f"bad-{n}" for n in range(500)], [f"good-{n}" for n in range(500)]
    runs = [*map(struggling, bad), *map(healthy, good)]
    tab = draw(row(*runs, customers=(*bad, *good)))

    assert any(f"{500 - NEED_SHOWN:,} more" in text for text in texts(tab))
    assert any(f"{500 - GO_ON_SHOWN:,} more" in text for text in texts(tab))


def test_names_and_reasons_cannot_ping_anybody() -> None:
    nasty = "<!channel> *bold*"
    tab = draw(row(struggling(nasty), customers=(nasty,)), may_change=False, operators=(nasty,))

    assert not any("<!channel>" in text for text in texts(tab))
    assert not any("<!channel>" in text for text in texts(taken(refused(nasty))))
