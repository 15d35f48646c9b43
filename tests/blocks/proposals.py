"""Builders of proposals with ordinary values, and names that are hard to draw."""

from typing import Any

from bot.commands import ControlRequest
from bot.fleet.name_lookup import Target
from bot.fleet.planning.plan import Plan
from bot.fleet.planning.planner import PlanInputs, make_plan
from bot.fleet.planning.throughput import Volumes
from bot.fleet.proposals.proposal import Act, BeginSequence, Instruct, Proposal, TerminateRun
from bot.fleet.runs.run import Run
from bot.model import Instruction, OpenRun, Order, SequenceProgress, Sizes, Window
from tests.fleet.builders import CAMPAIGN, HOUR, NOW, TIMED_OUT, activity, execution, run, window
from tests.fleet.sequences import progress, running, spec, standing
from tests.fleet.sizes import PER_DAY, RULES, evenly

CLUSTER = "voice-prod"
NASTY = "<!channel> *bold* <@U1> `x` & ☃ co"
NAMES = ("hilton", NASTY, "x" * 390, "ホテル–日本", "a\nb", "&" * 300, "<!here>" * 50, ":smile: |", "Ω" * 200)
"""Names of customers; only the first is an ordinary one."""


def full_range(customer: str = "hilton", days: Window = CAMPAIGN, **changes: Any) -> Run:
    """A run over the whole campaign that struggles on attempt 3."""
    struggling = activity(attempt=3, last_failure=TIMED_OUT)
    return run(execution(customer, days, started_at=NOW - 22 * HOUR), days, struggling, **changes)


def healthy(customer: str = "hilton", days: Window = CAMPAIGN) -> Run:
    """A run on attempt 1 for 22 hours."""
    return run(execution(customer, days, started_at=NOW - 22 * HOUR), days, activity())


def plan(*runs: Run, customer: str = "hilton", days: int | None = None) -> Plan:
    """A plan with the volumes and sizing rules of docs/operations-log.md."""
    volumes = Volumes(CAMPAIGN, {customer: evenly(PER_DAY.get(customer, 82_353))})
    inputs = PlanInputs(
        Target(CLUSTER, customer), CAMPAIGN, {customer: list(runs)}, volumes, "", expected=True, at=NOW
    )
    return make_plan(inputs, CAMPAIGN, days, RULES)


def begin(*cancels: Run, customer: str = "hilton", **changes: Any) -> BeginSequence:
    """Cancel these, then run the whole campaign in windows of 5 days."""
    clear = tuple(OpenRun(run.execution.ref, run.window) for run in cancels)
    return BeginSequence(spec(customer, CLUSTER, clear=clear, **changes), cancels)


def whole(customer: str = "hilton") -> BeginSequence:
    """Run the whole campaign as one window."""
    return begin(customer=customer, sizes=Sizes(CAMPAIGN.days, 1, CAMPAIGN.days, 3 * HOUR))


def in_flight(customer: str = "hilton") -> SequenceProgress:
    """A sequence whose window 3 of 11 runs."""
    return progress(running(3, window(11, 16), customer), of=spec(customer, CLUSTER))


def instruct(order: Order, customer: str = "hilton", **changes: Any) -> Instruct:
    """An instruction to the sequence of ``in_flight``."""
    return Instruct(standing(in_flight(customer)), Instruction(order, "", "", **changes))


def terminate(customer: str = "hilton") -> TerminateRun:
    """The termination of the run of ``full_range``."""
    return TerminateRun(customer, full_range(customer))


def proposal(command: ControlRequest, *acts: Act, customer: str = "hilton", **changes: Any) -> Proposal:
    """A proposal for one customer; with ``customer=""`` for the cluster."""
    return Proposal(command, Target(CLUSTER, customer), acts, **changes)
