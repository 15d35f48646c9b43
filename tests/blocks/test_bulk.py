"""The dialog for several customers: Slack takes it whatever the names and however many, and it tells what decides."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.blocks import bulk
from bot.blocks.confirm import EarlierAttempt
from bot.blocks.lines import Line
from bot.commands import Cancel, ControlRequest, Split, Terminate
from bot.confirmation import InputId
from bot.fleet.name_lookup import Target
from bot.fleet.planning.plan import Plan
from bot.fleet.proposals.bulk import (
    MOST_ROWS,
    BulkProposal,
    ClusterLeftOut,
    CustomerLeftOut,
    ProposedCustomer,
)
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.sizes import sizes_to_offer
from bot.fleet.proposals.warnings import NothingCancelled, NothingStarted, ProposalWarning, RunsAgain
from bot.fleet.refusals.runs import NoData, WaitsAlready
from bot.fleet.status.estimate import Estimate
from bot.message import View
from bot.model import Order
from tests.blocks.gate import shown_by_slack, texts
from tests.blocks.proposals import NAMES, begin, full_range, instruct, plan
from tests.fleet.builders import CAMPAIGN

VOICE, EAST = "voice-prod", "us-east-1-prod"
COMMAND = Split(target="struggling")


def split(customer: str, cluster: str = VOICE, days: int | None = None) -> Proposal:
    target, act = Target(cluster, customer), begin(full_range(customer), customer=customer)
    return Proposal(Split(target=str(target)), target, (act,), sized(customer, days))


def sized(customer: str, days: int | None = None) -> Plan:
    return plan(customer=customer, days=days)


def proposed(customer: str, cluster: str = VOICE) -> ProposedCustomer:
    suggested = split(customer, cluster)
    others = [split(customer, cluster, days) for days in sizes_to_offer(5, CAMPAIGN.days) if days != 5]
    return ProposedCustomer(suggested, (*others[:3], suggested, *others[3:]))


def several(*customers: ProposedCustomer, command: ControlRequest = COMMAND, **changes: Any) -> BulkProposal:
    return replace(BulkProposal(command, customers), **changes)


def rows(view: View) -> int:
    return sum(block["type"] == "actions" for block in view.blocks)


@pytest.mark.parametrize("number", [2, MOST_ROWS + 1])
@pytest.mark.parametrize(
    ("command", "field"), [(COMMAND, InputId.REASON), (Terminate(target="hilton, spirit"), InputId.NAME)]
)
def test_the_cursor_is_in_the_first_field_to_fill_in(number: int, command: ControlRequest, field: InputId) -> None:
    customers = [proposed(f"customer-{each}") for each in range(number)]
    view = shown_by_slack(bulk.ask(several(*customers, command=command)))
    inputs = [block for block in view.blocks if block["type"] == "input"]

    assert [block["block_id"] for block in inputs if block["element"].get("focus_on_load")] == [field]


def test_each_customer_has_a_row_with_a_ticked_box_and_a_menu_of_sizes() -> None:
    view = shown_by_slack(bulk.ask(several(proposed("hilton"), proposed("spirit", EAST))))
    (first, _) = (block for block in view.blocks if block["type"] == "actions")
    box, menu = first["elements"]

    assert box["initial_options"] == box["options"]
    assert box["options"][0]["text"]["text"] == "*hilton* on voice-prod"
    assert box["options"][0]["description"]["text"].startswith("cancel 1 workflow and start 11 windows of 5 days")
    assert [option["value"] for option in menu["options"]] == ["1", "2", "3", "suggested", "10"]


def test_the_cluster_is_named_once_when_all_are_on_it() -> None:
    view = shown_by_slack(bulk.ask(several(proposed("hilton"), proposed("spirit"))))

    assert "2 customers on voice-prod: about to cancel 2 workflows and start 22 windows" in texts(view)[0]
    assert "*hilton*" in texts(view)


def test_who_is_left_out_stands_above_the_rows_with_the_reason() -> None:
    left_out = (CustomerLeftOut(Target(EAST, "nrg"), NoData("nrg", CAMPAIGN)),)
    silent = (
        ClusterLeftOut("eu-west-2-prod", "no answer within 10 s", ("a", "b")),
        ClusterLeftOut("chat-prod", "away"),
    )
    view = shown_by_slack(bulk.ask(several(proposed("hilton"), left_out=left_out, silent=silent)))
    text = "\n".join(texts(view))

    assert "*nrg* on us-east-1-prod is left out." in text
    assert "*eu-west-2-prod* did not answer: no answer within 10 s. Left out: a, b." in text
    assert "*chat-prod* did not answer: away. Who of its customers is concerned is not known." in text
    assert text.index("left out") < text.index("*hilton*")


def test_who_is_left_out_for_the_same_reason_shares_a_line() -> None:
    names = [f"customer-{number}" for number in range(8)]
    left_out = tuple(CustomerLeftOut(Target(EAST, name), WaitsAlready("Olivia")) for name in names)
    view = shown_by_slack(bulk.ask(several(proposed("hilton"), left_out=left_out)))
    (line,) = (text for text in texts(view) if "left out" in text)

    assert "and 3 more* on us-east-1-prod are left out. Queued already, by Olivia." in line


def test_a_warning_stands_above_the_rows() -> None:
    view = shown_by_slack(bulk.ask(several(proposed("hilton"), warnings=(NothingStarted(),))))

    assert any(text.startswith(":warning:") for text in texts(view))


@pytest.mark.parametrize(
    ("command", "submit"), [(COMMAND, "Run these, too"), (Cancel(target="a"), "Cancel these, too")]
)
def test_the_rest_is_asked_about_below_what_was_done(command: ControlRequest, submit: str) -> None:
    earlier = EarlierAttempt("Split: under way for 1 of 2 customers.", "it times out")
    view = shown_by_slack(bulk.ask(several(proposed("hilton"), command=command), earlier, [Line.of("spirit: done.")]))

    assert view.submit == submit
    assert texts(view)[:2] == ["*Split: under way for 1 of 2 customers.*", "spirit: done."]
    assert view.blocks[-1]["element"]["initial_value"] == "it times out"


def test_instructions_have_no_menu_of_sizes() -> None:
    act = instruct(Order.STOP)
    stop = Proposal(Cancel(target="hilton"), Target(VOICE, "hilton"), (act,))
    view = shown_by_slack(bulk.ask(several(ProposedCustomer(stop), command=Cancel(target="hilton spirit"))))
    (row,) = (block for block in view.blocks if block["type"] == "actions")

    assert [element["type"] for element in row["elements"]] == ["checkboxes"]


@pytest.mark.parametrize("name", NAMES)
def test_slack_takes_whatever_a_customer_is_called(name: str) -> None:
    view = shown_by_slack(bulk.ask(several(proposed(name), proposed(f"{name} 2", EAST))))

    assert rows(view) == 2
    assert "<!" not in "".join(texts(view))


def test_slack_takes_the_most_rows_and_one_more_is_summed_up() -> None:
    customers = [proposed(f"customer-with-a-long-name-{number}", (VOICE, EAST)[number % 2]) for number in range(26)]
    most = shown_by_slack(bulk.ask(several(*customers[:MOST_ROWS])))
    more = shown_by_slack(bulk.ask(several(*customers)))

    assert (rows(most), rows(more)) == (25, 0)
    assert sum(text.endswith("until the last is done.") for text in "\n".join(texts(more)).splitlines()) == 2
    assert [block["block_id"] for block in more.blocks if block["type"] == "input"] == ["size", "leave_out", "reason"]


def test_the_time_until_the_last_is_done_counts_the_slots_of_the_clusters() -> None:
    four_hours = Estimate(timedelta(hours=4), timedelta(hours=5))
    one = split("hilton")
    assert one.plan is not None
    short = replace(one.plan, windows=(replace(one.plan.windows[0], time=four_hours),))
    many = [ProposedCustomer(replace(one, plan=short))] * 44

    assert "about 18–22 h until the last is done" in bulk.headline(several(*many, slots={VOICE: 10}))
    assert "about 4–5 h until the last is done" in bulk.headline(several(*many, slots={VOICE: 50}))


def warned(customer: str, *warnings: ProposalWarning) -> ProposedCustomer:
    return ProposedCustomer(replace(split(customer), warnings=warnings))


def test_what_to_read_about_single_customers_is_one_line_for_all_who_have_it() -> None:
    one, other = NothingCancelled(something_runs=False), RunsAgain(days=3)
    view = shown_by_slack(bulk.ask(several(warned("hilton", one), warned("vivint", one, other), warned("cvs"))))
    shown = "\n".join(texts(view))

    assert shown.count("*Warning for hilton, vivint:*") == 1
    assert shown.count("*Warning for vivint:*") == 1


def test_what_concerns_everybody_says_so() -> None:
    everybody = [warned(f"c{number}", RunsAgain(days=3)) for number in range(40)]

    assert "*Warning for all of them:*" in "\n".join(texts(shown_by_slack(bulk.ask(several(*everybody)))))
