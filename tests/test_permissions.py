"""Who may look, and who may change things."""

from dataclasses import replace

import pytest

from bot.commands import Ack, Audit, Digest, Help, Request, Snooze, Status, Struggling, Verify
from bot.model import Person
from bot.permissions import Rights, Role, permission_for, role_of
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


VERA, VOICE, CHAT = "U0VERA", "voice-prod", "chat-prod"
OF_VOICE = replace(RIGHTS, cluster_operators={VOICE: frozenset({VERA}), CHAT: frozenset({"U0CARL"})})


def test_an_operator_of_a_cluster_may_change_things_there_and_nowhere_else() -> None:
    vera = person(VERA, "Vera")

    assert permission_for(Ack(target="hilton"), vera, OF_VOICE, {VOICE}).is_allowed
    for elsewhere in ({CHAT}, {VOICE, CHAT}, {"removed-prod"}, {""}):
        assert not permission_for(Ack(target="hilton"), vera, OF_VOICE, elsewhere).is_allowed


def test_a_refusal_elsewhere_says_where_they_may_and_names_who_may_there() -> None:
    permission = permission_for(Ack(target="verizon"), person(VERA, "Vera"), OF_VOICE, {VOICE, CHAT})

    assert permission.refusal == "Only operators may ack on chat-prod. You may change things on voice-prod."
    assert permission.who_may == {OPERATOR, COLLEAGUE}


def test_what_concerns_all_clusters_is_for_operators_of_all() -> None:
    permission = permission_for(Ack(target="march"), person(VERA, "Vera"), OF_VOICE, {""})

    assert permission.refusal == "Only operators may ack for all clusters. You may change things on voice-prod."


def test_while_the_clusters_are_not_known_operators_of_any_go_on_and_others_hear_who_may_everywhere() -> None:
    refused = permission_for(Ack(target="hilton"), person(VIEWER, "Victor"), OF_VOICE)

    assert permission_for(Ack(target="hilton"), person(VERA, "Vera"), OF_VOICE).is_allowed
    assert refused.who_may == {OPERATOR, COLLEAGUE}


def test_a_guest_who_is_named_for_a_cluster_still_may_not_change() -> None:
    guest = person(VERA, "Vera", is_guest=True)

    assert not permission_for(Ack(target="hilton"), guest, OF_VOICE, {VOICE}).is_allowed
    assert role_of(guest, replace(OF_VOICE, guests_may_read=True)) == Role("", may_change=False)


def test_a_role_names_the_clusters_of_those_who_may_not_change_all() -> None:
    both = replace(OF_VOICE, cluster_operators={VOICE: frozenset({OPERATOR, VERA})})

    assert role_of(person(VERA, "Vera"), both) == Role("", may_change=False, clusters=(VOICE,))
    assert role_of(person(OPERATOR, "Olivia"), both) == Role("", may_change=True)
