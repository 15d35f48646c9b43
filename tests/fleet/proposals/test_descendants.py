"""What runs below a run that is ended: it is ended and waited for, unless its parent abandons it on purpose."""

from dataclasses import replace
from typing import Any

import pytest

from bot.commands import Cancel, Retry, Run, Split, Terminate
from bot.fleet.proposals.cancel import propose_cancel
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.proposal import BeginSequence, Proposal, TerminateRun
from bot.fleet.proposals.retry import propose_retry_in_sequence
from bot.fleet.proposals.split import propose_split
from bot.fleet.proposals.terminate import propose_terminate
from bot.fleet.proposals.warnings import LeftBelow
from bot.fleet.refusals.declined import ActionBlocked
from bot.fleet.refusals.runs import ChildGoesOn
from bot.fleet.runs.descendants import Descendant, below, ending
from bot.fleet.runs.identity import Identity
from bot.model import Phase, Ref, WindowEnd
from bot.model.execution import CHAIN_HINT, PARENT_HINT
from bot.usecases.control.propose import judge_run, judge_split
from bot.usecases.control.retry import judge_retry
from tests.fleet.builders import CAMPAIGN, activity, execution, run, window
from tests.fleet.grounds import context as grounds
from tests.fleet.grounds import failed, start_context, struggling
from tests.fleet.sequences import ended, progress, standing

PARENT = run(execution("hilton"), CAMPAIGN, activity())


def child(name: str, **changes: Any) -> Descendant:
    """An open workflow next below the parent, which its end would end."""
    own = replace(execution("hilton"), ref=Ref("voice-prod", name, f"run-{name}"), workflow_type="CopyDay", hints={})
    known = Descendant(own, frozenset({PARENT.execution.ref}), is_abandoned=False)
    return replace(known, **changes)


def context(*children: Descendant) -> ProposalContext:
    return replace(grounds(PARENT), descendants=children)


@pytest.mark.parametrize(
    ("facts", "ends"),
    [
        ({}, True),
        ({"is_abandoned": True}, False),
        ({"is_abandoned": True, "identity": Identity("hilton", window(3, 4))}, True),
        ({"is_abandoned": True, "identity": Identity("vivint", window(3, 4))}, False),
        ({"is_abandoned": True, "identity": Identity("hilton", window(9, 12))}, False),
        ({"identity": Identity("vivint", window(3, 4))}, True),
    ],
)
def test_it_ends_with_its_parent_unless_that_abandons_it_and_it_fills_other_days(
    facts: dict[str, Any], *, ends: bool
) -> None:
    first = child("a", **facts)
    assert ending([first], "hilton", [window(1, 6)]) == ((first,) if ends else ())


def below_child(name: str, parent: Descendant, **changes: Any) -> Descendant:
    """A child of a child."""
    first = child(name, **changes)
    hints = {PARENT_HINT: parent.execution.ref.workflow_id}
    above = parent.ancestors | {parent.execution.ref}
    return replace(first, execution=replace(first.execution, hints=hints), ancestors=above)


def test_what_is_below_one_that_goes_on_goes_on_with_it() -> None:
    shared = child("shared", is_abandoned=True)
    own = child("own")
    descendants = [shared, below_child("shared-1", shared), own, below_child("own-1", own)]

    assert [each.execution.ref.workflow_id for each in ending(descendants, "hilton", [CAMPAIGN])] == ["own", "own-1"]


def test_a_type_that_the_definition_names_ends_though_it_is_abandoned_and_all_below_it() -> None:
    shared = child("shared", is_abandoned=True, is_of_child_type=True)
    descendants = [shared, below_child("shared-1", shared)]

    assert len(ending(descendants, "hilton", [CAMPAIGN])) == 2


def split(*children: Descendant) -> Proposal:
    struggles = struggling(window(1, 11))
    below_it = [replace(each, ancestors=frozenset({struggles.execution.ref})) for each in children]
    return propose_split(Split(target="hilton"), start_context(struggles, descendants=tuple(below_it)))


def test_a_split_is_refused_while_what_it_leaves_to_run_is_for_days_that_it_would_run() -> None:
    goes_on = child("copy-20", is_abandoned=True, identity=Identity("hilton", window(20, 22)))
    with pytest.raises(ActionBlocked) as refused:
        split(goes_on)

    assert refused.value.reason == ChildGoesOn("hilton", "CopyDay", "copy-20", window(20, 22))


@pytest.mark.parametrize(
    "facts",
    [
        {"identity": Identity("vivint", window(20, 22))},
        {"identity": Identity("hilton", window(60, 62))},
        {"identity": Identity("hilton", window(20, 22)), "is_of_child_type": True},
        {},
    ],
)
def test_a_split_is_not_refused_for_what_does_not_write_these_days_or_ends(facts: dict[str, Any]) -> None:
    assert split(child("copy-20", is_abandoned=True, **facts)).acts


def test_cancel_ends_and_waits_for_what_runs_below() -> None:
    proposal = propose_cancel(Cancel(target="hilton"), context(child("a"), child("shared", is_abandoned=True)))
    (act,) = proposal.acts

    assert isinstance(act, BeginSequence)
    assert [held.ref.workflow_id for held in act.spec.clear] == [PARENT.execution.ref.workflow_id, "a"]
    assert proposal.warnings == (LeftBelow(("CopyDay shared",)),)


def test_what_runs_below_proves_no_days_when_it_completes_nevertheless() -> None:
    identity = Identity("hilton", window(1, 2))
    proposal = propose_cancel(Cancel(target="hilton"), context(child("a", identity=identity)))
    (act,) = proposal.acts

    assert isinstance(act, BeginSequence)
    assert [held.window for held in act.spec.clear] == [CAMPAIGN, None]


def test_children_that_come_and_go_while_somebody_reads_change_nothing_that_was_confirmed() -> None:
    before = propose_cancel(Cancel(target="hilton"), context(child("a")))
    after = propose_cancel(Cancel(target="hilton"), context(child("b"), child("c")))

    assert before.digest == after.digest
    terminated = [propose_terminate(Terminate(target="hilton"), context(child(name))).digest for name in "ab"]
    assert terminated[0] == terminated[1]


def test_terminate_ends_what_runs_below_too() -> None:
    proposal = propose_terminate(Terminate(target="hilton"), context(child("a"), child("shared", is_abandoned=True)))

    acts = [act for act in proposal.acts if isinstance(act, TerminateRun)]
    assert [act.run.execution.ref.workflow_id for act in acts] == [PARENT.execution.ref.workflow_id, "a"]
    assert LeftBelow(("CopyDay shared",)) in proposal.warnings


def test_only_what_is_below_the_runs_that_end_is_taken() -> None:
    other = replace(child("b"), ancestors=frozenset({Ref("voice-prod", "other", "run-1")}))
    assert below([PARENT], [child("a"), other]) == (child("a"),)


def test_what_was_confirmed_stays_the_same_when_the_chain_goes_on_to_its_next_link() -> None:
    own = PARENT.execution
    later = replace(own, ref=replace(own.ref, run_id="later"), hints={CHAIN_HINT: own.ref.run_id})
    next_link = replace(PARENT, execution=later, links=(own,))

    links = (PARENT, next_link)
    assert len({propose_cancel(Cancel(target="hilton"), grounds(run_)).digest for run_ in links}) == 1
    assert len({propose_terminate(Terminate(target="hilton"), grounds(run_)).digest for run_ in links}) == 1


STARTS = [
    Run(target="hilton"),
    Run(target="hilton", whole=True),
    Retry(target="hilton"),
    Split(target="hilton", days=5),
]


def proposed(command: Run | Retry | Split, *children: Descendant) -> Proposal:
    """The proposal after a run has failed that had begun these children."""
    over = failed(window(1, 11))
    below_it = tuple(replace(each, ancestors=frozenset({over.execution.ref})) for each in children)
    grounds_to_start = start_context(over, descendants=below_it)
    match command:
        case Run():
            return judge_run(command, grounds_to_start)
        case Retry():
            return judge_retry(command, grounds_to_start)
        case Split():
            return judge_split(command, grounds_to_start)


@pytest.mark.parametrize("command", STARTS)
def test_nothing_starts_beside_a_child_that_a_closed_run_has_left_for_the_same_days(
    command: Run | Retry | Split,
) -> None:
    left = child("copy-3", is_abandoned=True, identity=Identity("hilton", window(3, 4)))

    with pytest.raises(ActionBlocked) as refused:
        proposed(command, left)

    assert refused.value.reason == ChildGoesOn("hilton", "CopyDay", "copy-3", window(3, 4))


@pytest.mark.parametrize("command", STARTS)
@pytest.mark.parametrize(
    "facts", [{"identity": Identity("vivint", window(3, 4))}, {"identity": Identity("hilton", window(60, 62))}, {}]
)
def test_a_child_for_other_customers_or_days_holds_nothing_up(
    command: Run | Retry | Split, facts: dict[str, Any]
) -> None:
    assert proposed(command, child("copy-3", is_abandoned=True, **facts)).acts


def test_a_window_runs_again_in_its_sequence_only_when_no_child_fills_it() -> None:
    left = child("copy-3", is_abandoned=True, identity=Identity("hilton", window(3, 4)))
    troubled = (ended(window(1, 6), WindowEnd.FAILED),)
    steered = standing(progress(phase=Phase.RUNNING, troubled=troubled))

    with pytest.raises(ActionBlocked):
        propose_retry_in_sequence(Retry(target="hilton"), steered, grounds(sequence=steered, descendants=(left,)))
    assert propose_retry_in_sequence(Retry(target="hilton"), steered, grounds(sequence=steered)).acts
