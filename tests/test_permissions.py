"""Who may look, and who may change things."""

from dataclasses import replace

import pytest

from bot.commands import Ack, Audit, Digest, Help, Request, Snooze, Status, Struggling, Verify
from bot.model import Person
from bot.permissions import Rights, permission_for
from tests.fakes.services import GROUP_OPERATOR as COLLEAGUE
from tests.fakes.services import OPERATOR, TEAM, VIEWER, person

RIGHTS = Rights(TEAM, frozenset({OPERATOR, COLLEAGUE}), guests_may_read=False)
GUESTS_MAY = replace(RIGHTS, guests_may_read=True)
READING = (Help(), Status(), Struggling(), Verify(target="all"), Digest(), Audit())
CHANGING = (Ack(target="hilton"), Snooze(target="hilton"))


@pytest.mark.parametrize("command", READING)
def test_everybody_of_the_workspace_may_look(command: Request) -> None:
    assert permission_for(command, person(VIEWER, "Victor"), RIGHTS).is_allowed


@pytest.mark.parametrize("command", CHANGING)
@pytest.mark.parametrize("user_id", [OPERATOR, COLLEAGUE])
def test_operators_may_change(command: Request, user_id: str) -> None:
    assert permission_for(command, person(user_id, "x"), RIGHTS).is_allowed


@pytest.mark.parametrize("command", CHANGING)
def test_others_may_not_change_and_hear_who_may(command: Request) -> None:
    permission = permission_for(command, person(VIEWER, "Victor"), RIGHTS)

    assert permission.refusal == f"Only operators may {command.word()}."
    assert permission.who_may == {OPERATOR, COLLEAGUE}


@pytest.mark.parametrize(
    "stranger",
    [
        person(OPERATOR, "bot", is_bot=True),
        person(OPERATOR, "gone", is_deleted=True),
        person(OPERATOR, "elsewhere", team_id="T0OTHER"),
        person(OPERATOR, "guest", is_guest=True),
    ],
    ids=lambda stranger: stranger.name,
)
@pytest.mark.parametrize("command", [*READING, *CHANGING])
def test_bots_the_deactivated_other_workspaces_and_guests_may_nothing(command: Request, stranger: Person) -> None:
    assert not permission_for(command, stranger, RIGHTS).is_allowed


def test_guests_may_look_where_the_configuration_says_so() -> None:
    guest = person(VIEWER, "Gus", is_guest=True)

    assert permission_for(Status(), guest, GUESTS_MAY).is_allowed


def test_a_guest_who_is_named_as_operator_still_may_not_change() -> None:
    guest = person(OPERATOR, "Gus", is_guest=True)
    permission = permission_for(Ack(target="hilton"), guest, GUESTS_MAY)

    assert permission.refusal == "Guests may not ack."
    assert permission.who_may == {COLLEAGUE}


def test_without_operators_the_refusal_says_that_there_are_none() -> None:
    permission = permission_for(
        Ack(target="hilton"), person(VIEWER, "Victor"), replace(RIGHTS, operators=frozenset())
    )

    assert permission.refusal == "Only operators may ack, and nobody is known to be one."
