"""The menu of window sizes in a dialog about one customer."""

from dataclasses import replace
from typing import Any

from bot.blocks.confirm import ask
from bot.commands import Split
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.warnings import StruggledBefore
from bot.model import Order
from tests.blocks.gate import shown_by_slack
from tests.blocks.proposals import begin, full_range, instruct, plan, proposal
from tests.fleet.builders import CAMPAIGN

SUGGESTED = 5


def of_size(days: int, *, struggled: bool = False) -> Proposal:
    stuck, command = full_range(), Split(target="hilton", days=days)
    warnings = (StruggledBefore(command, 25, 13),) if struggled else ()
    return proposal(command, begin(stuck), plan=plan(stuck, days=days), warnings=warnings)


def with_sizes(*sizes: Proposal) -> Proposal:
    return replace(of_size(SUGGESTED), sizes=sizes)


def menu(of: Proposal) -> dict[str, Any]:
    """The field; {} without one."""
    blocks = shown_by_slack(ask(of)).blocks
    return next((dict(block) for block in blocks if block.get("block_id") == "size"), {})


def test_each_size_tells_how_many_windows_and_how_long_and_the_suggested_one_is_chosen() -> None:
    element = menu(with_sizes(of_size(1), of_size(SUGGESTED), of_size(10)))["element"]

    assert [(option["text"]["text"], option["value"]) for option in element["options"]] == [
        ("51 windows of 1 day, 23–32 h", "1"),
        ("11 windows of 5 days, 23–32 h", "suggested"),
        ("6 windows of 10 days, 23–32 h", "10"),
    ]
    assert element["initial_option"]["value"] == "suggested"


def test_it_says_which_size_the_lines_above_are_for() -> None:
    assert menu(with_sizes(of_size(1), of_size(SUGGESTED)))["hint"]["text"] == (
        "Shown above: windows of 5 days. Any size runs the same days; a smaller window loses less if it fails."
    )


def test_a_size_that_is_no_smaller_than_what_struggled_says_so() -> None:
    element = menu(with_sizes(of_size(SUGGESTED), of_size(30, struggled=True)))["element"]

    assert [option.get("description", {}).get("text", "") for option in element["options"]] == [
        "",
        "⚠ A window of 25 days struggled before",
    ]


def test_where_there_is_no_other_size_there_is_no_menu() -> None:
    resized = proposal(Split(target="hilton", days=2), instruct(Order.RESIZE, days=2))

    assert menu(with_sizes(of_size(SUGGESTED))) == {}
    assert menu(resized) == {}


def test_the_longest_campaign_offers_no_size_twice() -> None:
    element = menu(with_sizes(*(of_size(days) for days in (1, 2, 3, 5, 7, 10, 14, CAMPAIGN.days))))["element"]
    values = [option["value"] for option in element["options"]]

    assert len(values) == len(set(values)) == 8
