"""Reading a submission: a command with its digest and a reason, or what is wrong with the fields."""

import copy
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.commands import Cancel, ControlRequest, Split, Terminate
from bot.confirmation import Confirmation
from bot.errors import UsageError
from bot.fleet.audit import MAX_REASON
from handlers.listeners import submission_validation
from handlers.listeners.submission_validation import Complaints, Confirmed
from tests.handlers.bolt import payload

HILTON = "voice-prod/hilton"


def submitted(command: ControlRequest, **entered: str | None) -> dict[str, Any]:
    """A submission about this command with these fields."""
    body = payload("submission")
    values = {field: {field: {"type": "plain_text_input", "value": value}} for field, value in entered.items()}
    body["view"]["state"] = {"values": values}
    body["view"]["private_metadata"] = Confirmation(command=command, shown="d1").model_dump_json()
    return body


def read(body: dict[str, Any]) -> Confirmed | Complaints:
    return submission_validation.read(submission_validation.submission(body))


def test_a_command_is_confirmed_with_what_was_shown_and_why() -> None:
    assert read(submitted(Split(target=HILTON), reason="it timed out twice")) == Confirmed(
        Split(target=HILTON), "d1", "it timed out twice"
    )


@pytest.mark.parametrize("reason", [None, "", "   ", "\n\t", "\u200b\u202e\x00"])
def test_a_reason_is_asked_for_at_its_field(reason: str | None) -> None:
    complaints = read(submitted(Split(target=HILTON), reason=reason))

    assert not isinstance(complaints, Confirmed)
    assert list(complaints) == ["reason"]


def test_a_reason_that_is_too_long_is_not_cut_but_sent_back() -> None:
    complaints = read(submitted(Split(target=HILTON), reason="x" * (MAX_REASON + 1)))

    assert complaints == {"reason": "At most 500 characters, please; these are 501."}


def test_the_longest_reason_is_taken() -> None:
    shown = read(submitted(Split(target=HILTON), reason="x" * MAX_REASON))

    assert isinstance(shown, Confirmed)
    assert shown.reason == "x" * MAX_REASON


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("  two\nlines ", "two lines"),
        ("a\x00b\x1b[31mc", "a b [31mc"),
        ("right\u202eleft", "right left"),
        ("token xoxb-123-secret", "token (hidden)"),
        ("<!channel> *now* & here", "<!channel> *now* & here"),
        ("ja, größer 数", "ja, größer 数"),
    ],
)
def test_a_reason_is_one_line_without_signs_that_nobody_sees(typed: str, reason: str) -> None:
    shown = read(submitted(Split(target=HILTON), reason=typed))

    assert isinstance(shown, Confirmed)
    assert shown.reason == reason


@pytest.mark.parametrize(("target", "name"), [(HILTON, "hilton"), ("hilton", "hilton"), ("a/b/c", "b/c")])
def test_who_terminates_types_the_name(target: str, name: str) -> None:
    assert isinstance(read(submitted(Terminate(target=target), reason="stuck", name=f" {name} ")), Confirmed)


def test_a_name_that_was_copied_with_signs_that_nobody_sees_is_the_name() -> None:
    shown = read(submitted(Terminate(target="voice-prod/cox_care"), reason="stuck", name="cox\u200b_\u200bcare"))

    assert isinstance(shown, Confirmed)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("acme  corp", "acme corp"),
        ("line\nbreak", "line break"),
        ("O'Brien", "O’Brien"),
        ("O’Brien", "O'Brien"),
        ("acme--eu", "acme—eu"),
        ("🚀 corp", ":rocket: corp"),
    ],
)
def test_a_name_that_a_field_or_a_keyboard_changes_can_still_be_typed(name: str, typed: str) -> None:
    shown = read(submitted(Terminate(target=f"voice-prod/{name}"), reason="stuck", name=typed))

    assert isinstance(shown, Confirmed)


@pytest.mark.parametrize("typed", [None, "", "Hilton", "hilto", "voice-prod", "voice-prod/hilton"])
def test_another_name_does_not_terminate(typed: str | None) -> None:
    complaints = read(submitted(Terminate(target=HILTON), reason="stuck", name=typed))

    assert complaints == {"name": "Type hilton, exactly so, to confirm."}


def test_everything_that_is_missing_is_said_at_once() -> None:
    complaints = read(submitted(Terminate(target="voice-prod"), reason="", name="hilton"))

    assert not isinstance(complaints, Confirmed)
    assert list(complaints) == ["reason", "name"]
    assert "Type voice-prod," in complaints["name"]


def test_a_name_is_asked_for_only_where_it_matters() -> None:
    assert isinstance(read(submitted(Cancel(target=HILTON), reason="wrong range", name="")), Confirmed)


@pytest.mark.parametrize(
    "body",
    [
        submitted(Split(target=HILTON)),
        submitted(Terminate(target=HILTON), reason="stuck"),
        submitted(Split(target=HILTON), reason="why") | {"user": None},
        submitted(Split(target=HILTON), reason="why") | {"view": {"id": "V1"}},
        {},
    ],
    ids=["no reason field", "no name field", "nobody", "not ours", "nothing"],
)
def test_what_this_version_has_not_asked_is_not_understood(body: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="dialog is not understood"):
        read(body)


@pytest.mark.parametrize(("field", "value"), [("callback_id", "other"), ("private_metadata", "{}"), ("state", [])])
def test_a_view_that_was_tampered_with_is_not_understood(field: str, value: object) -> None:
    body = copy.deepcopy(submitted(Split(target=HILTON), reason="why"))
    body["view"][field] = value

    with pytest.raises(UsageError, match="dialog is not understood"):
        read(body)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["voice-prod/hilton", "hilton"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["values", "reason", "name", "value", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON, st.sampled_from([Split(target=HILTON), Terminate(target=HILTON)]))
@example({"values": {"reason": {"reason": {"value": "\ud800"}}}}, Split(target=HILTON))
def test_whatever_a_submission_holds_is_confirmed_complained_about_or_not_understood(
    state: object, command: Split | Terminate
) -> None:
    body = submitted(command, reason="why")
    body["view"]["state"] = state
    try:
        outcome = read(body)
    except UsageError:
        return

    assert isinstance(outcome, Confirmed) or set(outcome) <= {"reason", "name"}
