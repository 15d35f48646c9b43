"""Clicks become commands; a value that this version did not draw becomes a usage error."""

import json
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.actions import MAX_EPISODE_ID, ActionId, EpisodeValue, SnoozeChoice, command_of
from bot.commands import COMMANDS, Ack, Snooze
from bot.errors import UsageError

MAX_OPTION_VALUE = 150


def test_acknowledge_means_ack_of_that_episode() -> None:
    value = EpisodeValue(episode="e1").model_dump_json()

    assert command_of("alert.ack", value) == Ack(episode="e1")


@pytest.mark.parametrize(
    ("choice", "span"),
    [
        (SnoozeChoice.HALF_HOUR, timedelta(minutes=30)),
        (SnoozeChoice.TWO_HOURS, timedelta(hours=2)),
        (SnoozeChoice.EIGHT_HOURS, timedelta(hours=8)),
        (SnoozeChoice.CHANGE, None),
    ],
)
def test_each_choice_of_the_snooze_menu_means_its_span(choice: SnoozeChoice, span: timedelta | None) -> None:
    assert command_of("alert.snooze", choice.value_for("e1")) == Snooze(episode="e1", span=span)


def test_the_choices_have_labels_and_fit_an_option() -> None:
    longest = "e" * MAX_EPISODE_ID

    assert [choice.label for choice in SnoozeChoice][-1] == "until it changes"
    assert max(len(choice.value_for(longest)) for choice in SnoozeChoice) <= MAX_OPTION_VALUE


@pytest.mark.parametrize(
    ("action_id", "value"),
    [
        ("alert.ack", ""),
        ("alert.ack", "e1"),
        ("alert.ack", "{}"),
        ("alert.ack", '{"episode": ""}'),
        ("alert.ack", '{"episode": 7}'),
        ("alert.ack", json.dumps({"episode": "e" * (MAX_EPISODE_ID + 1)})),
        ("alert.ack", '{"episode": "e1", "user": "U0OLIVIA"}'),
        ("alert.snooze", '{"episode": "e1"}'),
        ("alert.snooze", '{"episode": "e1", "choice": "10000h"}'),
        ("alert.open", '{"episode": "e1"}'),
        ("run.cancel", '{"episode": "e1"}'),
        ("", ""),
    ],
)
def test_a_foreign_old_or_forged_value_is_refused(action_id: str, value: str) -> None:
    with pytest.raises(UsageError, match="not understood"):
        command_of(action_id, value)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.sampled_from(["e1", "30m", "change"]),
    lambda inner: st.dictionaries(st.sampled_from(["episode", "choice", "x"]), inner, max_size=3),
    max_leaves=4,
)


@given(st.sampled_from([*ActionId, "x"]), st.text(max_size=30) | JSON_VALUES.map(json.dumps))
@example(ActionId.ACK, "[" * 5_000)
@example(ActionId.ACK, '{"episode": "\\ud800"}')
def test_any_value_is_a_command_or_a_usage_error(action_id: str, value: str) -> None:
    try:
        command = command_of(action_id, value)
    except UsageError:
        return

    assert type(command) in COMMANDS
