"""One proposal for a cluster, and who started a run by the audit."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.commands import Pause, Retry
from bot.fleet.name_lookup import Target
from bot.fleet.proposals.context import ProposalContext, starter_of
from bot.fleet.proposals.proposal import Instruct, Proposal
from bot.fleet.proposals.warnings import (
    DoesNotApply,
    LeftOut,
    OfOneCustomer,
    ProposalWarning,
    RunsAgain,
    Unrecognised,
)
from bot.fleet.proposals.whole_cluster import CustomerProposal, joined
from bot.fleet.refusals.declined import ActionBlocked, BlockedForAll, Declined, NothingOnCluster, Refusal
from bot.fleet.refusals.runs import NoWorkers
from bot.fleet.refusals.sequences import PausedAlready, SequenceSilent
from bot.fleet.status.estimate import Estimate
from bot.model import AuditOutcome, AuditRecord, Instruction, Order, Subject
from bot.model.text import listed
from tests.blocks.proposals import begin, plan
from tests.fleet.builders import CAMPAIGN, NOW
from tests.fleet.grounds import TERMS, struggling
from tests.fleet.sequences import progress, spec, standing

PAUSE, RETRY = Pause(target="voice-prod"), Retry(target="voice-prod")
SPANNING = struggling()


def known(customer: str, *, is_open: bool = False, slots: int = 10) -> ProposalContext:
    terms = replace(TERMS, slots={"voice-prod": slots})
    return ProposalContext(Target("voice-prod", customer), NOW, (SPANNING,) if is_open else (), terms)


def applies(customer: str, *warnings: ProposalWarning) -> CustomerProposal:
    act = Instruct(standing(progress(of=spec(customer))), Instruction(Order.PAUSE, "", ""))
    return CustomerProposal(
        known(customer), Proposal(PAUSE, Target("voice-prod", customer), (act,), warnings=warnings)
    )


def does_not(customer: str, *, is_open: bool = False) -> CustomerProposal:
    return CustomerProposal(known(customer, is_open=is_open), Declined(PausedAlready(PAUSE, customer)))


def test_all_to_whom_it_applies_are_in_one_proposal() -> None:
    proposal = joined(PAUSE, "voice-prod", [applies("hilton"), does_not("sunbit"), applies("vivint")])

    assert (proposal.customers, proposal.target) == (("hilton", "vivint"), Target("voice-prod"))
    assert proposal.warnings == ()


def test_whose_runs_are_left_to_run_is_said() -> None:
    others = [does_not(name, is_open=True) for name in ("a", "b", "c", "d")]
    proposal = joined(PAUSE, "voice-prod", [applies("hilton"), *others])

    assert proposal.warnings == (DoesNotApply(("a", "b", "c", "d")),)


def test_what_nobody_recognises_is_left_to_run_and_said() -> None:
    assert joined(PAUSE, "voice-prod", [applies("hilton")], unrecognised=2).warnings == (Unrecognised(2),)


def test_a_warning_of_several_is_said_once_and_of_one_with_its_name() -> None:
    slow, odd = RunsAgain(3), RunsAgain(5)
    proposal = joined(PAUSE, "voice-prod", [applies("hilton", slow, odd), applies("vivint", RunsAgain(3))])

    assert proposal.warnings == (slow, OfOneCustomer("hilton", odd))


def refusal(customers: list[CustomerProposal], unrecognised: int = 0) -> Declined:
    with pytest.raises(Declined) as refused:
        joined(PAUSE, "voice-prod", customers, unrecognised)
    return refused.value


def test_what_applies_to_nobody_is_refused_and_to_the_only_one_with_its_reason() -> None:
    paused = PausedAlready(PAUSE, "hilton")

    assert refusal([does_not("hilton")]).reason == NothingOnCluster(PAUSE, "voice-prod", paused, 0, 0)
    assert refusal([], unrecognised=2).reason == NothingOnCluster(PAUSE, "voice-prod", None, 0, 2)


def starts(customer: str, hours: float | None) -> CustomerProposal:
    eta = Estimate(timedelta(hours=hours), timedelta(hours=2 * hours)) if hours else None
    drawn_up = plan(customer=customer)
    known_plan = replace(drawn_up, windows=(replace(drawn_up.windows[0], time=eta),))
    first = Proposal(RETRY, Target("voice-prod", customer), (begin(customer=customer),), known_plan)
    return CustomerProposal(known(customer), first)


def test_what_is_started_side_by_side_takes_as_long_as_the_slowest_of_it() -> None:
    both = joined(RETRY, "voice-prod", [starts("a", 3), starts("b", 5), applies("c")])

    assert both.until_last == Estimate(timedelta(hours=5), timedelta(hours=10))
    assert joined(RETRY, "voice-prod", [starts("a", 3), starts("b", None)]).until_last is None
    assert joined(PAUSE, "voice-prod", [applies("a")]).until_last is None


def test_what_is_more_than_the_slots_of_the_cluster_takes_longer_than_the_slowest_of_it() -> None:
    many = [starts(f"customer-{number}", 4) for number in range(44)]

    assert joined(RETRY, "voice-prod", many).until_last == Estimate(timedelta(hours=17.6), timedelta(hours=35.2))


def test_refused_for_everybody_it_says_why_of_one_who_has_something_open() -> None:
    others = [does_not("sunbit"), *(does_not(name, is_open=True) for name in "abcde")]

    assert refusal(others).reason == NothingOnCluster(PAUSE, "voice-prod", PausedAlready(PAUSE, "a"), 4, 0)


def test_blocked_for_everybody_it_tells_each_reason_once() -> None:
    nobody, silent = NoWorkers("backfill", "Backfill", "voice-prod"), SequenceSilent("Temporal", "no answer")
    reasons: list[Refusal] = [nobody, silent, nobody]
    blocked = [CustomerProposal(known(f"b{n}"), ActionBlocked(reason)) for n, reason in enumerate(reasons)]
    refused = refusal([*blocked, does_not("a")])

    assert isinstance(refused, ActionBlocked)
    assert refused.reason == BlockedForAll(PAUSE, "voice-prod", 3, (nobody, silent))


def test_blocked_for_some_they_are_left_out_once_for_each_reason() -> None:
    nobody = NoWorkers("backfill", "Backfill", "voice-prod")
    blocked = [CustomerProposal(known(name), ActionBlocked(nobody)) for name in ("a", "b")]

    assert joined(PAUSE, "voice-prod", [applies("hilton"), *blocked]).warnings == (LeftOut(("a", "b"), nobody),)


def test_names_are_listed_and_the_rest_is_counted() -> None:
    assert [listed(["a"]), listed(["a", "b", "c"]), listed(["a", "b", "c", "d", "e"])] == [
        "a",
        "a, b, c",
        "a, b, c and 2 more",
    ]


def record(
    user_id: str, outcome: AuditOutcome = AuditOutcome.DONE, hours: float = 22, command: str = "run"
) -> AuditRecord:
    """An audit record from this many hours ago, about the customer whose full range began 22 hours ago."""
    return AuditRecord(NOW - timedelta(hours=hours), user_id, command, Subject("voice-prod", "hilton"), outcome)


def test_the_record_made_when_it_was_started_tells_who_started_it() -> None:
    later, own, earlier = record("U1", hours=1), record("U2"), record("U3", hours=40)

    assert starter_of(SPANNING, [later, own, earlier]) == "U2"
    assert starter_of(SPANNING, [later, earlier]) == ""
    assert starter_of(SPANNING, [record("U2", AuditOutcome.FAILED)]) == ""
    assert starter_of(SPANNING, [record("U2", command="pause")]) == ""
    assert SPANNING.window == CAMPAIGN


@pytest.mark.parametrize("ahead", [2, -2, 0.5])
def test_a_wrong_clock_of_the_bot_hides_nobody_who_started_it(ahead: float) -> None:
    by_wrong_clock, other = record("U2", hours=22 - ahead), record("U1", hours=22)
    span = timedelta(hours=ahead)

    assert starter_of(SPANNING, [other, by_wrong_clock], span) == "U2"
    assert starter_of(SPANNING, [other], span) == ""
