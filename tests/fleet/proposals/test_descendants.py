"""What runs below a run that is ended: it is ended and waited for, unless its parent abandons it on purpose."""

from dataclasses import replace
from typing import Any

import pytest

from bot.commands import Cancel, Terminate
from bot.fleet.proposals.cancel import propose_cancel
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.proposal import BeginSequence, TerminateRun
from bot.fleet.proposals.terminate import propose_terminate
from bot.fleet.proposals.warnings import LeftBelow
from bot.fleet.runs.descendants import Descendant, below, ends_with
from bot.fleet.runs.identity import Identity
from bot.model import Ref
from bot.model.execution import CHAIN_HINT
from tests.fleet.builders import CAMPAIGN, activity, execution, run, window
from tests.fleet.grounds import context as grounds

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
    assert ends_with(child("a", **facts), "hilton", [window(1, 6)]) is ends


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
