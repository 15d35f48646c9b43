"""Interactive elements: buttons, selects, overflow, choices, inputs, pickers, images."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from local_slack.errors import Problem
from local_slack.validation.objects import (
    CHOICE_OPTION,
    CONFIRM,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    SELECT_OPTION,
    SHORT_ID,
    URL,
    plain_text,
)
from local_slack.validation.rules import (
    Fields,
    Rule,
    boolean,
    exactly_one_of,
    integer,
    items,
    one_of,
    record,
    string,
)

_ID: Fields = {"action_id": string(SHORT_ID)}
_FOCUS: Fields = {"focus_on_load": boolean}
_PLACEHOLDER: Fields = {"placeholder": plain_text(150)}
_COMMON: Fields = {**_ID, **_FOCUS, "confirm": CONFIRM}
_DATE = string(pattern=r"\d{4}-\d{2}-\d{2}")
_NUMBER = string(pattern=r"[+-]?\d+(\.\d+)?")
_IDS = items(string(), None, least=0)


def _initial_is_offered(value: object, pointer: str) -> Iterator[Problem]:
    """An initial option must equal one of the options."""
    if not isinstance(value, dict):
        return
    groups = value.get("option_groups") or []
    offered = list(value.get("options") or [])
    offered += [o for group in groups if isinstance(group, dict) for o in group.get("options") or []]
    chosen = list(value.get("initial_options") or [])
    chosen += [value["initial_option"]] if "initial_option" in value else []
    for wanted in chosen:
        if wanted not in offered:
            yield Problem(pointer, "initial option must exactly match one of the options")


def _select_rules(value: object, pointer: str) -> Iterator[Problem]:
    yield from exactly_one_of("options", "option_groups")(value, pointer)
    yield from _initial_is_offered(value, pointer)


_STATIC: Fields = {"options": items(SELECT_OPTION, 100), "option_groups": items(OPTION_GROUP, 100)}
_INITIAL: Fields = {"initial_option": SELECT_OPTION}
_SELECT: Fields = {**_COMMON, **_PLACEHOLDER}
_MULTI: Fields = {**_SELECT, "max_selected_items": integer(1)}
_MANY_INITIAL: Fields = {"initial_options": items(SELECT_OPTION, 100)}
_EXTERNAL: Fields = {"min_query_length": integer(0)}

_BUTTON = record(
    {"text": plain_text(75)},
    {
        **_ID,
        "url": URL,
        "value": string(2_000),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
_OVERFLOW = record({"options": items(OVERFLOW_OPTION, 5)}, {**_ID, "confirm": CONFIRM})
_CHECKBOXES = record(
    {"options": items(CHOICE_OPTION, 10)},
    {**_COMMON, "initial_options": items(CHOICE_OPTION, 10)},
    _initial_is_offered,
)
_RADIO = record(
    {"options": items(CHOICE_OPTION, 10)}, {**_COMMON, "initial_option": CHOICE_OPTION}, _initial_is_offered
)
_DISPATCH: Fields = {
    "dispatch_action_config": record(
        {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 2)}
    )
}
_LINE: Fields = {**_ID, **_FOCUS, **_PLACEHOLDER, **_DISPATCH}
_TEXT_INPUT = record(
    {},
    {
        **_LINE,
        "initial_value": string(3_000, least=0),
        "multiline": boolean,
        "min_length": integer(0, 3_000),
        "max_length": integer(1, 3_000),
    },
)
_NUMBER_INPUT = record(
    {"is_decimal_allowed": boolean},
    {**_LINE, "initial_value": _NUMBER, "min_value": _NUMBER, "max_value": _NUMBER},
)
_ADDRESS_INPUT = record({}, {**_LINE, "initial_value": string()})

SLACK_FILE = record({}, {"id": string(), "url": string()}, exactly_one_of("id", "url"))
IMAGE_ELEMENT = record(
    {"alt_text": string(2_000)},
    {"image_url": URL, "slack_file": SLACK_FILE},
    exactly_one_of("image_url", "slack_file"),
)

_SELECTS: Mapping[str, Rule] = {
    "static_select": record({}, {**_SELECT, **_STATIC, **_INITIAL}, _select_rules),
    "external_select": record({}, {**_SELECT, **_INITIAL, **_EXTERNAL}),
    "users_select": record({}, {**_SELECT, "initial_user": string()}),
    "channels_select": record({}, {**_SELECT, "initial_channel": string()}),
    "conversations_select": record({}, {**_SELECT, "initial_conversation": string()}),
    "multi_static_select": record({}, {**_MULTI, **_STATIC, **_MANY_INITIAL}, _select_rules),
    "multi_external_select": record({}, {**_MULTI, **_MANY_INITIAL, **_EXTERNAL}),
    "multi_users_select": record({}, {**_MULTI, "initial_users": _IDS}),
}
_PICKERS: Mapping[str, Rule] = {
    "datepicker": record({}, {**_SELECT, "initial_date": _DATE}),
    "timepicker": record({}, {**_SELECT, "initial_time": string(pattern=r"\d{2}:\d{2}"), "timezone": string()}),
    "checkboxes": _CHECKBOXES,
    "radio_buttons": _RADIO,
}

ACTIONS_ELEMENTS: Mapping[str, Rule] = {"button": _BUTTON, "overflow": _OVERFLOW, **_SELECTS, **_PICKERS}
ACCESSORIES: Mapping[str, Rule] = {**ACTIONS_ELEMENTS, "image": IMAGE_ELEMENT}
INPUT_ELEMENTS: Mapping[str, Rule] = {
    **_SELECTS,
    **_PICKERS,
    "plain_text_input": _TEXT_INPUT,
    "number_input": _NUMBER_INPUT,
    "email_text_input": _ADDRESS_INPUT,
    "url_text_input": _ADDRESS_INPUT,
}
