"""Text over Slack's limits is cut without breaking entities, links or dates."""

from collections.abc import Callable

import pytest
from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, InputBlock, PlainTextInputElement

from bot.blocks import kit
from bot.message import DrawingError
from bot.redaction import HIDDEN
from tests.blocks.gate import shown_by_slack, taken_by_slack


@pytest.mark.parametrize("mark", ["&amp;", "&lt;", "<https://temporal.test/a|Temporal>", "<!date^1^{time}|09:00>"])
@pytest.mark.parametrize("draw", [kit.section, kit.context, lambda line: kit.sections([line])[0]])
def test_a_cut_never_goes_through_an_entity_a_link_or_a_date(draw: Callable[[str], Block], mark: str) -> None:
    for into in range(1, len(mark)):
        (block,) = kit.message("", [draw("x" * (kit.MAX_SECTION - 1 - into) + mark + "more")]).blocks
        text = block["text"]["text"] if "text" in block else block["elements"][0]["text"]

        assert text in ("x" * (kit.MAX_SECTION - 1 - into) + "…", "x" * (kit.MAX_SECTION - 1 - into) + mark + "…")


def test_what_fits_is_left_as_it_is() -> None:
    (block,) = kit.message("", [kit.section("a &amp; b <https://temporal.test|Temporal>…")]).blocks

    assert block["text"]["text"] == "a &amp; b <https://temporal.test|Temporal>…"


def test_a_field_that_slack_would_refuse_is_said_to_be_undrawable() -> None:
    button = ButtonElement(action_id="open", text="Open", url="https://temporal.test/" + "x" * kit.MAX_URL)

    with pytest.raises(DrawingError, match="url"):
        kit.message("", [ActionsBlock(elements=[button])])


def form(memory: str = "") -> kit.Form:
    return kit.Form("Go", (InputBlock(label="Why", element=PlainTextInputElement(), block_id="why"),), "ask", memory)


def test_a_modal_of_too_many_parts_keeps_what_is_to_be_filled_in_and_says_how_many_are_left_out() -> None:
    view = shown_by_slack(kit.view("Many", [kit.section(str(n)) for n in range(300)], form()))

    assert len(view.blocks) == kit.MAX_MODAL_BLOCKS
    assert view.blocks[-1]["block_id"] == "why"
    assert "202 more parts do not fit in one Slack modal:" in str(view.blocks[-2])


@pytest.mark.parametrize(("number", "last"), [(50, "49"), (51, "2 more parts do not fit in one Slack message")])
def test_a_message_of_exactly_as_many_parts_as_slack_takes_shows_them_all(number: int, last: str) -> None:
    message = taken_by_slack(kit.message("", [kit.section(str(n)) for n in range(number)]))

    assert len(message.blocks) == kit.MAX_BLOCKS
    assert last in str(message.blocks[-1])


def test_one_part_that_is_left_out_is_counted_in_the_singular() -> None:
    long = kit.section("x" * kit.MAX_SECTION)
    message = kit.message("", [*[long] * (kit.MAX_ALL_TEXT // kit.MAX_SECTION), kit.section("y")])

    assert "1 more part does not fit in one Slack message:" in str(message.blocks[-1])


def test_a_title_that_is_too_long_is_cut() -> None:
    assert shown_by_slack(kit.view("t" * 30, [])).title == "t" * 23 + "…"


def test_what_a_modal_cannot_remember_is_undrawable_and_not_cut() -> None:
    with pytest.raises(DrawingError, match="remember"):
        kit.view("Ask", [], form("m" * 3_001))


def test_a_link_leads_where_it_leads_and_only_what_stands_beside_it_is_hidden() -> None:
    url = "https://temporal.example/namespaces/n/workflows/backfill:token:hilton/run?a=1&b=2"
    line = f"{kit.escape('password=hunter2hunter2')} {kit.link(url, 'Temporal')}"
    drawn = kit.message("hello", [kit.section(line), kit.context(line), kit.section("x " * 2_000 + line)])
    texts = [drawn.blocks[0]["text"]["text"], drawn.blocks[1]["elements"][0]["text"]]

    assert texts == [f"password={HIDDEN} <{url.replace('&', '&amp;')}|Temporal>"] * 2
    assert "hunter2" not in f"{drawn.blocks}"
