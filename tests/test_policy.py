"""Who may look, and who may change things."""

import pytest

from bot.commands import Ack, Digest, Help, Request, Snooze, Status, Struggling, Verify
from bot.config import SlackConfig
from bot.model import Person
from bot.policy import may
from tests.fakes.services import CHANNEL, GROUP_OPERATOR, OPERATOR, TEAM, VIEWER, person

GROUPS = {"S0ONCALL": frozenset({GROUP_OPERATOR})}
LOOKING = (Help(), Status(), Struggling(), Verify(target="all"), Digest())
CHANGING = (Ack(target="hilton"), Snooze(target="hilton"))


def slack(**facts: object) -> SlackConfig:
    known = {"channel": CHANNEL, "operators": [OPERATOR], "operator_groups": ["S0ONCALL"], **facts}
    return SlackConfig.model_validate(known)


@pytest.mark.parametrize("command", LOOKING)
def test_everybody_of_the_workspace_may_look(command: Request) -> None:
    assert may(command, person(VIEWER, "Victor"), TEAM, GROUPS, slack()).is_allowed


@pytest.mark.parametrize("command", CHANGING)
@pytest.mark.parametrize("user_id", [OPERATOR, GROUP_OPERATOR])
def test_operators_may_change_by_name_or_by_group(command: Request, user_id: str) -> None:
    assert may(command, person(user_id, "x"), TEAM, GROUPS, slack()).is_allowed


@pytest.mark.parametrize("command", CHANGING)
def test_others_may_not_change_and_hear_who_may(command: Request) -> None:
    verdict = may(command, person(VIEWER, "Victor"), TEAM, GROUPS, slack())

    assert verdict.refusal == f"Only operators may {command.word()}."
    assert verdict.who_may == {OPERATOR, GROUP_OPERATOR}


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
@pytest.mark.parametrize("command", [*LOOKING, *CHANGING])
def test_bots_the_deactivated_other_workspaces_and_guests_may_nothing(command: Request, stranger: Person) -> None:
    assert not may(command, stranger, TEAM, GROUPS, slack()).is_allowed


def test_guests_may_look_where_the_configuration_says_so() -> None:
    guest = person(VIEWER, "Gus", is_guest=True)

    assert may(Status(), guest, TEAM, GROUPS, slack(allow_guests=True)).is_allowed


def test_a_guest_who_is_named_as_operator_still_may_not_change() -> None:
    guest = person(OPERATOR, "Gus", is_guest=True)
    verdict = may(Ack(target="hilton"), guest, TEAM, GROUPS, slack(allow_guests=True))

    assert verdict.refusal == "Guests may not ack."
    assert verdict.who_may == {GROUP_OPERATOR}
