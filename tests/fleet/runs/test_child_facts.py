"""What counts against a run of all that is below it, and what a later child has made good."""

import json
from collections.abc import Iterable

from bot.fleet.runs.child_facts import (
    MOST_KEPT,
    Below,
    ChildAgainst,
    child_doubt,
    child_hints,
    children_against,
    is_same_input,
    substitutes,
    suspects,
)
from bot.fleet.runs.identity import Identity
from bot.model import Doubt, DoubtReason, Execution, ExecutionStatus, Ref, Window
from bot.model.execution import CHILDREN_HINT, UNREAD_CHILDREN
from tests.fleet.builders import CAMPAIGN, HOUR, closed, window

S = ExecutionStatus


def child(
    name: str, status: ExecutionStatus, hours_ago: int, days: Window | None = None, customer: str = "hilton"
) -> Below:
    run = closed(status, "hilton", CAMPAIGN, ref=Ref("voice-prod", name, name), ago=hours_ago * HOUR)
    return Below(run, Identity(customer, days) if days else None)


def names(found: tuple[Below, ...]) -> list[str]:
    return [below.execution.ref.workflow_id for below in found]


def with_hint(text: str) -> Execution:
    return closed(S.COMPLETED, "hilton", CAMPAIGN, hints={CHILDREN_HINT: text})


def hint(against: Iterable[ChildAgainst]) -> str:
    """What is kept about a run whose children are read for the first time."""
    return child_hints(with_hint(UNREAD_CHILDREN), list(against))[CHILDREN_HINT]


def test_a_later_child_of_the_same_customer_that_has_all_its_days_replaces_it() -> None:
    failed = child("failed", S.FAILED, 3, window(1, 3))

    assert not suspects([failed, child("later", S.COMPLETED, 2, window(1, 5))])
    for other in (
        child("earlier", S.COMPLETED, 4, window(1, 3)),
        child("of fewer days", S.COMPLETED, 2, window(1, 2)),
        child("of another", S.COMPLETED, 2, window(1, 3), "ritz"),
        child("of no days", S.COMPLETED, 2),
        child("failed again", S.TIMED_OUT, 2, window(4, 5)),
    ):
        assert "failed" in names(suspects([failed, other]))


def test_only_where_neither_tells_its_days_a_child_of_the_same_type_may_have_replaced_it() -> None:
    failed = child("failed", S.FAILED, 3)
    others = [
        child("later", S.COMPLETED, 2),
        child("earlier", S.COMPLETED, 4),
        child("with days", S.COMPLETED, 2, window(1, 3)),
        child("failed too", S.FAILED, 2),
    ]

    assert [run.ref.workflow_id for run in substitutes(failed, others)] == ["later"]
    assert substitutes(child("failed", S.FAILED, 3, window(1, 3)), others) == ()


def test_inputs_that_cannot_be_read_are_not_the_same() -> None:
    assert is_same_input(("monday", 1), ("monday", 1))
    assert is_same_input((), ())
    assert not is_same_input(("monday",), ("tuesday",))
    assert not is_same_input((None,), (None,))


def test_the_doubt_names_one_that_ended_before_one_that_is_open_and_counts_the_others() -> None:
    against = [ChildAgainst("open", S.RUNNING), ChildAgainst("gone wrong", S.TERMINATED)]

    assert child_doubt(with_hint(hint(against))) == Doubt(DoubtReason.CHILD_ENDED, "terminated", "gone wrong", 1)
    assert child_doubt(with_hint(hint(against[:1]))) == Doubt(DoubtReason.CHILD_OPEN, "running", "open")


def test_nothing_counts_that_is_unread_or_cannot_be_understood() -> None:
    for text in (UNREAD_CHILDREN, "[]", "{}", "[1]", '[["a", "some day"]]', "nonsense"):
        assert child_doubt(with_hint(text)) is None
    assert child_doubt(closed(S.COMPLETED, "hilton", CAMPAIGN)) is None


def test_of_very_many_children_some_are_kept() -> None:
    text = hint(ChildAgainst(f"child-{number}", S.FAILED) for number in range(1_000))

    assert len(children_against(with_hint(text))) == len(json.loads(text)) == MOST_KEPT
