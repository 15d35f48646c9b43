"""``check`` looks up the configured operators."""

from collections.abc import Collection
from datetime import timedelta

import pytest

from bot.errors import AccessDenied, DependencyError, RateLimited, Refused, Unavailable
from bot.fleet.diagnostics.facts import (
    Forbidden,
    GroupLack,
    GroupLacks,
    Lack,
    NobodyNamed,
    NobodyNamedFor,
    NoneOfMembers,
    OperatorLacks,
    OperatorsUnknown,
    Unreadable,
    WhoMay,
)
from bot.fleet.diagnostics.findings import Answer, Level
from bot.model import Person
from bot.usecases.check_operators import MOST_NAMED, check_operators
from tests.fakes.people import FakePeople
from tests.fakes.services import GUEST, OPERATOR, config, people, person

DELETED, BOT, ELSEWHERE, NOBODY = "U0DORA", "U0BOT", "U0ELSE", "U0NOBODY"


def everybody() -> FakePeople:
    known = people()
    known.persons |= {
        DELETED: person(DELETED, "Dora", is_deleted=True),
        BOT: person(BOT, "bot", is_bot=True),
        ELSEWHERE: person(ELSEWHERE, "Else", team_id="T0OTHER"),
    }
    known.groups |= {
        "S0EMPTY": frozenset(),
        "S0GUESTS": frozenset({GUEST, DELETED}),
        "S0MIXED": frozenset({GUEST, OPERATOR}),
    }
    return known


async def answer(operators: Collection[str], groups: Collection[str] = (), known: FakePeople | None = None) -> Answer:
    slack = {"channel": "C0BACKFILLS", "operators": list(operators), "operator_groups": list(groups)}
    return await check_operators(config({"voice-prod": ()}, slack=slack), known or everybody())


@pytest.mark.parametrize(
    ("operators", "groups"), [([OPERATOR], []), ([], ["S0ONCALL"]), ([OPERATOR, OPERATOR], ["S0MIXED"])]
)
async def test_operators_who_may_change_things_are_counted(operators: list[str], groups: list[str]) -> None:
    shown = await answer(operators, groups)

    assert shown.level is Level.OK
    assert shown.facts == (WhoMay(len(set(operators)), len(groups)),)


async def of_clusters(slack: Collection[str], **operators: Collection[str]) -> Answer:
    """What is said of operators of all clusters, and of those of each cluster by its name."""
    both = config(dict.fromkeys(operators, ()), slack={"channel": "C0BACKFILLS", "operators": list(slack)})
    clusters = {
        name: cluster.model_copy(update={"operators": tuple(operators[name])})
        for name, cluster in both.clusters.items()
    }
    return await check_operators(both.model_copy(update={"clusters": clusters}), everybody())


async def test_operators_of_a_cluster_whom_slack_does_not_know_are_a_warning() -> None:
    shown = await of_clusters([OPERATOR], voice=[NOBODY], chat=[])

    assert shown.warnings == (OperatorLacks(NOBODY, Lack.NO_SUCH_USER),)
    assert shown.facts == (WhoMay(1, 0),)


async def test_a_cluster_for_which_nobody_is_named_is_a_warning_where_others_have_operators_of_their_own() -> None:
    assert (await of_clusters([], voice=[OPERATOR], chat=[])).warnings == (NobodyNamedFor(("chat",)),)
    assert (await of_clusters([], voice=[OPERATOR], chat=[OPERATOR])).warnings == ()
    assert (await of_clusters([], voice=[], chat=[])).problems == (NobodyNamed(),)


async def test_that_nobody_is_named_is_a_failure() -> None:
    shown = await answer([])

    assert shown.problems == (NobodyNamed(),)


@pytest.mark.parametrize(
    ("user", "lack"),
    [
        (NOBODY, Lack.NO_SUCH_USER),
        (DELETED, Lack.DEACTIVATED),
        (BOT, Lack.BOT),
        (GUEST, Lack.GUEST),
    ],
)
async def test_an_operator_who_can_change_nothing_is_a_warning_beside_others_and_else_a_failure(
    user: str, lack: Lack
) -> None:
    beside, alone = await answer([OPERATOR, user]), await answer([user])

    assert (beside.level, alone.level) == (Level.WARNING, Level.FAILED)
    assert OperatorLacks(user, lack) in beside.warnings
    assert OperatorLacks(user, lack) in alone.problems


async def test_an_operator_of_another_workspace_lacks_what_the_policy_says() -> None:
    (warning,) = (await answer([OPERATOR, ELSEWHERE])).warnings

    assert isinstance(warning, OperatorLacks)
    assert isinstance(warning.lack, Forbidden)
    assert "its own workspace only" in warning.lack.refusal


@pytest.mark.parametrize(
    ("group", "lack"),
    [
        ("S0NOWHERE", Lack.NO_SUCH_GROUP),
        ("S0EMPTY", Lack.NO_MEMBERS),
        ("S0GUESTS", NoneOfMembers(2, (Lack.DEACTIVATED, Lack.GUEST))),
    ],
)
async def test_a_user_group_of_nobody_is_a_warning_beside_others_and_else_a_failure(
    group: str, lack: GroupLack
) -> None:
    beside, alone = await answer([OPERATOR], [group]), await answer([], [group])

    assert (beside.level, alone.level) == (Level.WARNING, Level.FAILED)
    assert GroupLacks(group, lack) in beside.warnings
    assert GroupLacks(group, lack) in alone.problems


async def test_a_large_group_of_which_not_everybody_is_looked_at_is_a_warning_even_alone() -> None:
    """The members that are looked up may have left, while others of the group may change things."""
    known = everybody()
    left = {f"U0A{number}" for number in range(20)}
    known.persons |= {user: person(user, "Left", is_deleted=True) for user in left}
    known.groups["S0LARGE"] = frozenset({*left, OPERATOR})
    shown = await answer([], ["S0LARGE"], known)

    assert shown.level is Level.WARNING
    assert shown.warnings == (GroupLacks("S0LARGE", NoneOfMembers(5, (Lack.DEACTIVATED,))),)


async def test_where_more_are_named_than_are_asked_about_it_is_not_known_that_nobody_may_change_anything() -> None:
    shown = await answer([*(f"U0NOBODY{number}" for number in range(MOST_NAMED)), OPERATOR])

    assert shown.level is Level.WARNING


class Silent(FakePeople):
    """Answers about people, but not about user groups."""

    def __init__(self, why: DependencyError) -> None:
        known = everybody()
        super().__init__(known.persons, known.groups)
        self._why = why

    async def members(self, group_id: str, within: timedelta | None = None) -> frozenset[str]:  # noqa: ARG002
        raise self._why


async def test_a_user_group_that_cannot_be_read_tells_why() -> None:
    shown = await answer([OPERATOR], ["S0ONCALL"], Silent(Refused("slack", "plan_upgrade_required")))

    assert shown.warnings == (GroupLacks("S0ONCALL", Unreadable("plan_upgrade_required")),)


@pytest.mark.parametrize("why", [Unavailable("slack", "no connection"), AccessDenied("slack", "invalid_auth")])
async def test_a_slack_that_tells_of_nobody_says_nothing_against_the_operators(why: DependencyError) -> None:
    known = everybody()
    known.away = why

    shown = await answer([OPERATOR], [], known)

    assert (shown.level, shown.facts) == (Level.UNKNOWN, (OperatorsUnknown(str(why)),))


async def test_no_more_people_are_asked_about_than_slack_likes() -> None:
    class Counting(FakePeople):
        calls = 0

        async def person(self, user_id: str, within: timedelta | None = None) -> Person:
            self.calls += 1
            if self.calls > MOST_NAMED:
                raise RateLimited("slack", "too many", retry_after=timedelta(seconds=30))
            return await super().person(user_id, within)

    known = Counting(everybody().persons)
    shown = await answer([OPERATOR, *(f"U0{number}" for number in range(500))], [], known)

    assert shown.level is Level.WARNING
    assert known.calls == MOST_NAMED
    assert len(shown.warnings) < 25
