"""What validation takes, and what it refuses with which problems.

A problem is written `words /pointer`, the pointer inside the block.
"""

from __future__ import annotations

from tests.local_slack.harness import Json
from tests.local_slack.sample_blocks import (
    CONFIRM,
    actions,
    button,
    inputs,
    mrkdwn,
    option,
    plain,
    rich,
    section,
    select,
    table,
)

ACCEPTED: list[Json] = [
    {"type": "divider"},
    {"type": "header", "text": plain("h" * 150), "level": 2},
    section(text=mrkdwn("x" * 3000), accessory=button(style="danger", confirm=CONFIRM, value="v" * 2000)),
    {"type": "section", "fields": [mrkdwn("f" * 2000)] * 5},
    {
        "type": "context",
        "elements": [mrkdwn("x"), {"type": "image", "image_url": "https://a.b/c.png", "alt_text": "a"}],
    },
    actions(*[button(f"b{n}") for n in range(25)]),
    actions(select(options=[option(str(n)) for n in range(100)], initial_option=option("3"), placeholder=plain("p"))),
    actions(select(option_groups=[{"label": plain("g"), "options": [option()]}])),
    actions(
        {"type": "external_select", "action_id": "e", "min_query_length": 2},
        {"type": "users_select", "action_id": "u"},
    ),
    actions({"type": "overflow", "action_id": "o", "options": [option("1") | {"url": "https://a.b"}] * 5}),
    actions(
        {"type": "checkboxes", "options": [option() | {"description": plain("d")}]},
        {"type": "radio_buttons", "options": [option()]},
    ),
    actions({"type": "datepicker", "initial_date": "2026-01-01"}),
    inputs({"type": "plain_text_input", "multiline": True, "max_length": 3000}, hint=plain("h"), optional=True),
    inputs({"type": "number_input", "is_decimal_allowed": False, "min_value": "1"}),
    inputs({"type": "number_input", "is_decimal_allowed": True, "min_value": "-1.5", "initial_value": "0"}),
    inputs({"type": "multi_users_select", "initial_users": ["U1"]}, dispatch_action=True),
    inputs({"type": "timepicker", "initial_time": "09:30", "placeholder": plain("p")}),
    {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "a", "title": plain("t")},
    rich({"type": "text", "text": "x", "style": {"bold": True}}, {"type": "user", "user_id": "U1"}),
    {"type": "markdown", "text": "m" * 12_000},
    table(100, 20) | {"column_settings": [None, {"align": "right"}]},
]

SCHEMAS = "failed to match all allowed schemas"


def too_long(pointer: str, limit: int) -> list[str]:
    return [f"must be less than {limit + 1} characters {pointer}"]


def bad_text(pointer: str, limit: int) -> list[str]:
    """A text object whose text is too long is announced twice."""
    return [f"{SCHEMAS} {pointer}", *too_long(f"{pointer}/text", limit)]


def too_many(pointer: str, limit: int) -> list[str]:
    return [f"no more than {limit} items allowed {pointer}"]


def too_few(pointer: str) -> list[str]:
    return [f"no fewer than 1 items allowed {pointer}"]


def unsupported(pointer: str, kind: str) -> list[str]:
    return [f"unsupported type: {kind} {pointer}"]


REFUSED: list[tuple[Json, list[str]]] = [
    (section(text=mrkdwn("x" * 3001)), bad_text("/text", 3000)),
    (section(text=mrkdwn("")), [f"{SCHEMAS} /text", "must be more than 0 characters /text/text"]),
    ({"type": "section"}, ["missing required field: text or fields "]),
    ({"type": "section", "fields": []}, too_few("/fields")),
    ({"type": "section", "fields": [mrkdwn("x")] * 11}, too_many("/fields", 10)),
    ({"type": "section", "fields": [mrkdwn("x" * 2001)]}, bad_text("/fields/0", 2000)),
    (section(colour="red"), ["invalid additional property: colour "]),
    (section(accessory={"type": "plain_text_input"}), unsupported("/accessory/type", "plain_text_input")),
    (section(block_id="b" * 256), too_long("/block_id", 255)),
    ({"type": "header", "text": mrkdwn("x")}, [f"{SCHEMAS} /text", "unsupported type: mrkdwn /text/type"]),
    ({"type": "header", "text": plain("x" * 151)}, bad_text("/text", 150)),
    ({"type": "header", "text": plain("x"), "level": 5}, ["must be less than 5 /level"]),
    ({"type": "header"}, ["missing required field: text "]),
    ({"type": "context", "elements": [mrkdwn("x")] * 11}, too_many("/elements", 10)),
    ({"type": "context", "elements": [button()]}, unsupported("/elements/0/type", "button")),
    (actions(), too_few("/elements")),
    (actions(*[button(f"b{n}") for n in range(26)]), too_many("/elements", 25)),
    (actions(button(text=plain("x" * 76))), bad_text("/elements/0/text", 75)),
    (actions(button(value="v" * 2001)), too_long("/elements/0/value", 2000)),
    (actions(button(url="https://a.b/" + "c" * 3000)), too_long("/elements/0/url", 3000)),
    (actions(button(url="javascript:alert(1)")), ["must match the expected format /elements/0/url"]),
    (actions(button(style="warning")), ["must be a valid enum value /elements/0/style"]),
    (actions(button("a" * 256)), too_long("/elements/0/action_id", 255)),
    (actions(button(confirm=CONFIRM | {"deny": plain("x" * 31)})), bad_text("/elements/0/confirm/deny", 30)),
    (
        actions(button(confirm={"title": plain("x")})),
        [f"missing required field: {name} /elements/0/confirm" for name in ("text", "confirm", "deny")],
    ),
    (actions(select()), ["missing required field: options or option_groups /elements/0"]),
    (actions(select(options=[])), too_few("/elements/0/options")),
    (actions(select(options=[option(str(n)) for n in range(101)])), too_many("/elements/0/options", 100)),
    (
        actions(select(options=[option()], initial_option=option("w"))),
        ["initial option must exactly match one of the options /elements/0"],
    ),
    (actions(select(options=[{"text": plain("x")}])), ["missing required field: value /elements/0/options/0"]),
    (actions(select(options=[option("v" * 151)])), too_long("/elements/0/options/0/value", 150)),
    (actions(select(options=[option(text="t" * 76)])), bad_text("/elements/0/options/0/text", 75)),
    (
        actions(select(options=[option() | {"url": "https://a.b"}])),
        ["invalid additional property: url /elements/0/options/0"],
    ),
    (actions(select(options=[option()], placeholder=plain("p" * 151))), bad_text("/elements/0/placeholder", 150)),
    (
        actions({"type": "multi_static_select", "options": [option()], "max_selected_items": 0}),
        ["must be greater than 0 /elements/0/max_selected_items"],
    ),
    (actions({"type": "overflow", "options": [option()] * 6}), too_many("/elements/0/options", 5)),
    (actions({"type": "checkboxes", "options": [option()] * 11}), too_many("/elements/0/options", 10)),
    (actions({"type": "radio_buttons", "options": []}), too_few("/elements/0/options")),
    (
        actions({"type": "datepicker", "initial_date": "1/1/2026"}),
        ["must match the expected format /elements/0/initial_date"],
    ),
    ({"type": "image", "image_url": "https://a.b/c.png"}, ["missing required field: alt_text "]),
    ({"type": "image", "alt_text": "a"}, ["missing required field: image_url or slack_file "]),
    (
        {"type": "image", "alt_text": "a", "image_url": "https://a.b", "slack_file": {"id": "F"}},
        ["invalid additional property: slack_file "],
    ),
    (inputs({"type": "number_input"}), ["missing required field: is_decimal_allowed /element"]),
    (
        inputs({"type": "number_input", "is_decimal_allowed": True, "min_value": "one"}),
        ["must match the expected format /element/min_value"],
    ),
    (inputs({"type": "plain_text_input", "max_length": 3001}), ["must be less than 3001 /element/max_length"]),
    (inputs({"type": "button", "text": plain("x")}), unsupported("/element/type", "button")),
    (
        inputs({"type": "plain_text_input"}, label=mrkdwn("L")),
        [f"{SCHEMAS} /label", "unsupported type: mrkdwn /label/type"],
    ),
    (rich({"type": "text", "text": ""}), ["must be more than 0 characters /elements/0/elements/0/text"]),
    (rich({"type": "blink", "text": "x"}), unsupported("/elements/0/elements/0/type", "blink")),
    (
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_list", "style": "bullet", "indent": 9, "elements": []}],
        },
        ["must be less than 9 /elements/0/indent", "no fewer than 1 items allowed /elements/0/elements"],
    ),
    ({"type": "markdown", "text": "m" * 12_001}, too_long("/text", 12000)),
    (table(101), too_many("/rows", 100)),
    (table(1, 21), too_many("/rows/0", 20)),
    (table(1, 1, ""), ["must be more than 0 characters /rows/0/0/text"]),
    (table(1) | {"column_settings": [None] * 21}, too_many("/column_settings", 20)),
    (table(50, 3, "c" * 100), too_long("/rows", 10000)),
    ({"type": "video"}, unsupported("/type", "video")),
    ({"type": "carousel", "elements": []}, unsupported("/type", "carousel")),
    ({"text": plain("x")}, ["missing required field: type "]),
    ({"type": ["section"]}, ["unsupported type: ['section'] /type"]),
]
