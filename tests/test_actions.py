"""Clicks become commands; a value that this version did not write becomes a usage error."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.actions import (
    MAX_EPISODE_ID,
    ActionId,
    AgainValue,
    EpisodeValue,
    GroupValue,
    SnoozeChoice,
    TargetsValue,
    TargetValue,
    TimeoutValue,
    command_of,
)
from bot.commands import (
    Ack,
    Cancel,
    ControlRequest,
    Pause,
    Request,
    Resume,
    Retry,
    Selection,
    Snooze,
    Split,
    Status,
    Terminate,
    Timeout,
)
from bot.confirmation import Confirmation, confirmed
from bot.errors import UsageError
from bot.model import Window
from handlers.routes import COMMANDS, command_in

MAX_OPTION_VALUE = 150


@pytest.mark.parametrize(
    ("cluster", "text"), [("", "split struggling"), ("voice-prod", "split struggling voice-prod")]
)
def test_the_button_for_all_means_what_is_typed_for_everybody_who_struggles(cluster: str, text: str) -> None:
    value = GroupValue(cluster=cluster).model_dump_json()

    assert command_of("control.split_all", value) == command_in(text, date(2026, 2, 22))


def test_the_button_for_all_that_are_stopped_means_what_is_typed_for_them() -> None:
    value = TargetsValue(targets=("voice-prod/hilton", "us/big one"), campaign="march").model_dump_json()
    typed = command_in('retry voice-prod/hilton "us/big one"', date(2026, 2, 22))

    assert command_of("control.retry_all", value) == typed.model_copy(update={"campaign": "march"})


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


HILTON = "voice-prod/hilton"


@pytest.mark.parametrize(
    ("action_id", "command"),
    [
        ("control.split", Split(target=HILTON)),
        ("control.pause", Pause(target=HILTON)),
        ("control.resume", Resume(target=HILTON)),
        ("control.retry", Retry(target=HILTON)),
        ("control.cancel", Cancel(target=HILTON)),
        ("control.terminate", Terminate(target=HILTON)),
    ],
)
def test_the_buttons_about_a_customer_mean_their_commands(action_id: str, command: Request) -> None:
    assert command_of(action_id, TargetValue(target=HILTON).model_dump_json()) == command


def test_more_time_is_so_many_seconds() -> None:
    value = TimeoutValue(target=HILTON, seconds=1_800).model_dump_json()

    assert command_of("control.timeout", value) == Timeout(target=HILTON, span=timedelta(minutes=30))


def test_a_window_that_is_run_again_is_run_whatever_became_of_it() -> None:
    value = AgainValue(target=HILTON, start=date(2026, 1, 6), end=date(2026, 1, 11)).model_dump_json()

    window = Window(date(2026, 1, 6), date(2026, 1, 11))
    assert command_of("control.again", value) == Retry(target=HILTON, range=window, which=Selection.ALL)


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
        ("control.split", '{"episode": "e1"}'),
        ("control.split", '{"target": ""}'),
        ("control.split", json.dumps({"target": "x" * 401})),
        ("control.cancel", '{"target": "hilton", "reason": "none"}'),
        ("control.retry_all", '{"targets": ["hilton"]}'),
        ("control.retry_all", '{"targets": ["", "spirit"]}'),
        ("control.retry", '{"target": "hilton", "which": "all"}'),
        ("control.terminate", '{"target": "hilton", "start": "2026-01-01", "end": "2026-01-02"}'),
        ("control.timeout", '{"target": "hilton"}'),
        ("control.timeout", '{"target": "hilton", "seconds": 0}'),
        ("control.timeout", '{"target": "hilton", "seconds": 86401}'),
        ("control.again", '{"target": "hilton"}'),
        ("control.again", '{"target": "hilton", "start": "2026-01-06", "end": "2026-01-06"}'),
        ("control.again", '{"target": "hilton", "start": "2026-01-11", "end": "2026-01-06"}'),
        ("control.again", '{"target": "hilton", "start": "yesterday", "end": "2026-01-06"}'),
        ("control.dialog", '{"target": "hilton"}'),
        ("control.dialog", '{"command": {"kind": "split", "target": "hilton"}}'),
        ("control.dialog", '{"command": {"kind": "split", "target": "hilton"}, "by": ""}'),
        ("control.dialog", '{"command": {"kind": "ack", "target": "hilton"}, "by": "U1"}'),
        ("", ""),
    ],
)
def test_a_foreign_old_or_forged_value_is_refused(action_id: str, value: str) -> None:
    with pytest.raises(UsageError, match="not understood"):
        command_of(action_id, value)


@pytest.mark.parametrize(
    "command",
    [
        command_in(typed, date(2026, 2, 22))
        for command in COMMANDS
        if issubclass(command, ControlRequest)
        for typed in command.examples
    ],
    ids=str,
)
def test_what_a_dialog_remembers_comes_back_as_it_was(command: ControlRequest) -> None:
    memory = Confirmation(command=command, shown="d1").dump()

    assert confirmed(memory) == Confirmation(command=command, shown="d1")


def test_what_a_dialog_remembers_fits_slack_with_the_longest_name() -> None:
    longest = Retry(target="x" * 400, range=Window(date(2026, 1, 1), date(2026, 2, 21)))

    assert len(Confirmation(command=longest, shown="d" * 2_300).model_dump_json()) < 3_000


@pytest.mark.parametrize("command", [Status(), Ack(target="hilton")])
def test_a_dialog_confirms_nothing_but_what_is_confirmed_in_dialogs(command: Request) -> None:
    with pytest.raises(UsageError, match="dialog is not understood"):
        confirmed(json.dumps({"command": command.model_dump(mode="json"), "shown": "d1"}))


@pytest.mark.parametrize(
    "memory",
    [
        "",
        "{}",
        "null",
        "[" * 5_000,
        '{"command": {"kind": "explode", "target": "hilton"}, "shown": "d1"}',
        '{"command": {"kind": "split", "target": ""}, "shown": "d1"}',
        '{"command": {"kind": "split", "target": "hilton", "days": 0}, "shown": "d1"}',
        '{"command": {"kind": "split", "target": "hilton"}}',
        '{"command": {"kind": "split", "target": "hilton"}, "shown": "d1", "by": "U0OLIVIA"}',
        json.dumps({"command": {"kind": "split", "target": "hilton"}, "shown": "d" * 2_301}),
    ],
)
def test_a_foreign_old_or_forged_memory_is_refused(memory: str) -> None:
    with pytest.raises(UsageError, match="dialog is not understood"):
        confirmed(memory)


FIELDS = ["episode", "choice", "target", "start", "end", "command", "kind", "digest", "x"]
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["e1", "30m", "change", "2026-01-01", "2026-01-06", "split"]),
    lambda inner: st.dictionaries(
        st.sampled_from(["episode", "choice", "target", "start", "end", "command", "kind", "digest"]),
        inner,
        max_size=3,
    ),
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


@given(st.text(max_size=30) | JSON_VALUES.map(json.dumps))
@example('{"command": {"kind": "split", "target": "\\ud800"}, "shown": "d1"}')
def test_any_memory_is_a_command_to_confirm_or_a_usage_error(memory: str) -> None:
    try:
        command = confirmed(memory).command
    except UsageError:
        return

    assert isinstance(command, ControlRequest)
