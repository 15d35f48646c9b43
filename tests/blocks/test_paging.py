"""Every entry of a list is on one page, and each page has a button for the next one."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

import pytest

from bot import commands
from bot.actions import ActionId, command_of
from bot.blocks import paging, plan, status, struggling, verify
from bot.blocks.lines import Line
from bot.blocks.paging import Listed
from bot.commands import Breakdown, Page, PagedRequest, Part, Status, Struggling, Verify
from bot.fleet.name_lookup import Target
from bot.fleet.planning.planner import PlanInputs, make_plan
from bot.fleet.planning.throughput import Volumes
from bot.fleet.runs.run import ClusterView, Run
from bot.fleet.status.answer import ClusterStatus, CustomerStatus, FleetStatus
from bot.fleet.status.backfill import Backfill, derive
from bot.fleet.status.board import Board, ClusterRow
from bot.fleet.status.struggling import struggling_of
from bot.fleet.verification.narrowing import Narrowed
from bot.fleet.verification.verdict import ClusterVerdict, CustomerVerdict, VerifyResult, judge
from bot.message import Message
from bot.model import DayCount, ExecutionStatus, ExpectedDay, State, Window
from bot.model.row_differences import DifferingRow, Hour, RowDifference
from tests.blocks.gate import elements_of, table_of, taken_by_slack, texts
from tests.fleet.builders import BOOM, CAMPAIGN, HOUR, NOW, activity, closed, execution, run, seen
from tests.fleet.sizes import RULES

C = TypeVar("C", bound=PagedRequest)
YEARS = Window(date(2022, 1, 1), date(2027, 1, 1))
HILTON = Verify(target="hilton", by=Breakdown.DAY)


def following(message: Message, command: C, part: Part) -> C | None:
    """What the button for the next page of this list asks for; None on the last page."""
    pressed = [each for each in elements_of(message.blocks) if each["action_id"].startswith(ActionId.NEXT)]
    asked = [command_of(each["action_id"], each["value"]) for each in pressed]
    return next(
        (each for each in asked if isinstance(each, type(command)) and each.page and each.page.part is part), None
    )


def pages(draw: Callable[[C], Message], command: C, part: Part) -> Iterator[Message]:
    """The answer, and then whatever its button shows, to the end."""
    asked: C | None = command
    while asked:
        message = taken_by_slack(draw(asked))
        yield message
        asked = following(message, command, part)


def number_of_pages(draw: Callable[[C], Message], command: C, part: Part, names: Sequence[str]) -> int:
    """How many pages there are, which show each name once."""
    shown = ["\n".join(texts(message)) for message in pages(draw, command, part)]
    everything = " ".join(shown).translate(str.maketrans(",:*.()\n", " " * 7)).split()
    assert {name: everything.count(name) for name in names} == dict.fromkeys(names, 1)
    return len(shown)


def lines_of(drawn: Sequence[Message]) -> list[str]:
    return [line for message in drawn for text in texts(message) for line in text.split("\n")]


def failing(name: str) -> Run:
    return run(execution(name), CAMPAIGN, activity(attempt=3, last_failure=BOOM))


def cluster_row(state: State, number: int, cluster: str = "voice-prod") -> ClusterRow:
    names = [f"tenant{n}" for n in range(number)]
    runs = {name: (failing(name),) for name in names if state is State.RUNNING}
    customers = (Backfill(cluster, n, CAMPAIGN, state, runs.get(n, ()), (CAMPAIGN,), None, None) for n in names)
    return ClusterRow(cluster, tuple(customers), (), ())


@pytest.mark.parametrize(("state", "number"), [(State.RUNNING, 45), (State.NOT_STARTED, 700), (State.COMPLETE, 700)])
def test_a_cluster_names_all_its_customers(state: State, number: int) -> None:
    row = cluster_row(state, number)
    result = ClusterStatus("voice-prod", Board(CAMPAIGN, NOW, (row,)))
    names = [each.customer for each in row.customers]

    asked = Status(target="voice-prod")
    assert number_of_pages(lambda command: status.render(result, command), asked, Part.LINES, names) > 1


def test_the_fleet_names_all_its_clusters() -> None:
    names = [f"region{n}" for n in range(60)]
    rows = tuple(cluster_row(State.COMPLETE, 3, name) for name in names)
    result = FleetStatus(Board(CAMPAIGN, NOW, rows))

    assert number_of_pages(lambda command: status.render(result, command), Status(), Part.CLUSTERS, names) == 2


def test_the_line_of_clusters_without_customers_is_on_one_page() -> None:
    busy = [cluster_row(State.COMPLETE, 3, f"region{n}") for n in range(status.CLUSTERS_SHOWN)]
    idle = [cluster_row(State.COMPLETE, 0, f"idle{n}") for n in range(2)]
    result = FleetStatus(Board(CAMPAIGN, NOW, (*busy, *idle)))
    drawn = list(pages(lambda command: status.render(result, command), Status(), Part.CLUSTERS))

    assert sum("2 clusters have nothing to backfill" in line for line in lines_of(drawn)) == 1


def test_a_customer_names_all_its_runs() -> None:
    days = list(YEARS.each_day())
    ends = [
        closed(ExecutionStatus.COMPLETED, "hilton", Window.of_days(day, 1), ago=n * HOUR)
        for n, day in enumerate(days)
    ]
    runs = [run(end, Window.of_days(day, 1), failures=(seen(1),)) for end, day in zip(ends, days, strict=True)]
    result = CustomerStatus("voice-prod", "hilton", YEARS, NOW, derive("voice-prod", "hilton", YEARS, runs, NOW))
    asked = Status(target="hilton", range=YEARS)
    drawn = list(pages(lambda command: status.render(result, command), asked, Part.RUNS))

    assert sum("completed, took" in line for line in lines_of(drawn)) == 1_826


def test_all_that_struggles_is_named() -> None:
    names = [f"tenant{n}" for n in range(300)]
    result = struggling_of([ClusterView("voice-prod", NOW, tuple(map(failing, names)))], [], NOW)

    assert number_of_pages(lambda command: struggling.render(result, command), Struggling(), Part.RUNS, names) > 2


def wrong(name: str, tables: int, days: Window = CAMPAIGN) -> CustomerVerdict:
    counted = {day: DayCount(1, 1) for day in days.each_day()}
    source = dict.fromkeys(counted, ExpectedDay(9))
    return CustomerVerdict(
        "voice-prod", name, tuple(judge(f"table{n}", days, counted, source) for n in range(tables))
    )


def test_verify_names_everybody_who_does_not_match() -> None:
    names = [f"tenant{n}" for n in range(200)]
    cluster = ClusterVerdict("voice-prod", tuple(wrong(name, 1) for name in names))
    result = VerifyResult(None, CAMPAIGN, Breakdown.SUMMARY, (cluster,), NOW)

    asked = Verify(target="all")
    assert number_of_pages(lambda command: verify.render(result, command), asked, Part.LINES, names) > 2


def of_hilton(verdict: CustomerVerdict, *narrowings: Narrowed, days: Window = CAMPAIGN) -> VerifyResult:
    cluster, target = ClusterVerdict("voice-prod", (verdict,)), Target("voice-prod", "hilton")
    return VerifyResult(target, days, Breakdown.DAY, (cluster,), NOW, narrowings=narrowings)


def test_verify_by_day_has_a_line_for_every_day() -> None:
    result = of_hilton(wrong("hilton", 1, YEARS), days=YEARS)
    drawn = list(pages(lambda command: verify.render(result, command), HILTON, Part.DETAILS))

    assert sum(", table0: expected 9, found 1" in line for line in lines_of(drawn)) == 1_826


def test_verify_names_every_table_of_a_customer() -> None:
    result = of_hilton(wrong("hilton", 40))
    asked = Verify(target="hilton", page=Page(part=Part.TABLES, after=15))
    (table,) = table_of(verify.render(result, HILTON))
    page = taken_by_slack(verify.render(result, asked))

    assert [name for name in table.split() if name.startswith("table")] == [f"table{n}" for n in range(15)]
    assert [line.split(":")[0] for line in lines_of([page])[1:]] == [f"table{n}" for n in range(15, 40)]


@pytest.mark.parametrize(("part", "shows_keys"), [(Part.KEYS, True), (Part.KEYS_OF_ASKER, False)])
def test_every_key_that_was_read_is_shown(part: Part, shows_keys: bool) -> None:
    hour = Hour(CAMPAIGN.start, 14)
    keys = [f"key{n}" for n in range(500)]
    rows = tuple(DifferingRow(f"('{key}')", hour, RowDifference.MISSING) for key in keys)
    result = of_hilton(wrong("hilton", 1), Narrowed("table0", (hour,), 0, rows, True, shows_keys, "UTC"))

    def draw(command: Verify) -> Message:
        answer = verify.render(result, command)
        return answer if command.page else answer.follow_up or answer.for_asker or answer

    assert number_of_pages(draw, HILTON, part, keys) > 2


def test_a_plan_shows_every_window() -> None:
    volumes = Volumes(YEARS, {"hilton": dict.fromkeys(YEARS.each_day(), 400_000)})
    inputs = PlanInputs(Target("voice-prod", "hilton"), YEARS, {}, volumes, "", expected=True, at=NOW)
    result = make_plan(inputs, YEARS, 1, RULES)
    asked = commands.Plan(target="hilton", range=YEARS, days=1)
    drawn = list(pages(lambda command: plan.render(result, command), asked, Part.WINDOWS))

    assert sum(bool(re.match(r"\w{3} \d+, \d{4}\b.*400K", line)) for line in lines_of(drawn)) == 1_826


def listed(
    number: int, after: int, target: str = "voice-prod", draw: Callable[[int], Line] | None = None
) -> Listed[int]:
    asked = Status(target=target, page=Page(part=Part.LINES, after=after))
    return Listed(asked, Part.LINES, "voice-prod", "line", range(number), draw or (lambda n: Line.of(f"line {n}")))


def test_a_page_says_which_entries_it_shows_of_how_many() -> None:
    (message,) = filter(None, [paging.next_page(listed(45, 20))])

    assert taken_by_slack(message).text.splitlines()[:2] == ["voice-prod: lines 21–45 of 45.", "line 20"]
    assert elements_of(message.blocks) == []


def test_the_button_says_how_many_entries_it_shows() -> None:
    message = paging.next_page(listed(3, 0, draw=lambda _: Line.of("x" * 4_000)))

    assert message
    assert [each["text"]["text"] for each in elements_of(taken_by_slack(message).blocks)] == ["Show the next line"]


def test_a_page_that_is_gone_says_so() -> None:
    message = paging.next_page(listed(12, 20))

    assert message
    assert taken_by_slack(message).text == "voice-prod: nothing follows any more, there are 12 lines."


def test_an_answer_without_that_list_is_shown_whole() -> None:
    other = replace(listed(12, 5), part=Part.RUNS)

    assert paging.next_page(other) is None


def test_a_command_too_long_for_a_button_only_counts() -> None:
    blocks = paging.beginning(listed(500, 0, target="x" * 2_000), 100)

    assert "13 of 500 lines." in str([block.to_dict() for block in blocks])
    assert all(block.type != "actions" for block in blocks)
