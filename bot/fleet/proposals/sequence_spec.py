"""Builds the spec of a sequence from a plan. The person who asked for the sequence and the reason stay empty until
the proposal is executed.

The spec has ranges of days, from which the sequence cuts its windows. As long as the size does not change, these are
exactly the windows of the plan.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.fleet.planning.plan import Plan
from bot.fleet.planning.sizing import Basis, Size
from bot.fleet.proposals.context import ProposalContext
from bot.fleet.proposals.proposal import BeginSequence
from bot.fleet.runs.run import Run
from bot.model import OpenRun, SequenceSpec, Sizes, SizingRules, Window
from bot.model.coverage import union

_MEASURED = (Basis.CUSTOMER, Basis.CLUSTER)


@dataclass(frozen=True, slots=True)
class _Work:
    running: tuple[Run, ...]
    days: tuple[Window, ...]
    sizes: Sizes


def sequence_of(plan: Plan, context: ProposalContext, word: str, clear: Sequence[Run]) -> BeginSequence:
    """A sequence that cancels ``clear``, adopts open windows, and runs the plan. ``word`` is the name of the
    command."""
    sizes = sizes_of(plan.size, context.terms.rules)
    days = union((planned.window for planned in plan.to_run), plan.whole)
    return _build(context, word, clear, _Work(plan.running, days, sizes))


def cancel_only(context: ProposalContext, word: str, clear: Sequence[Run]) -> BeginSequence:
    """A sequence that only cancels the runs in ``clear`` and waits until they have closed."""
    sizes = Sizes(1, 1, 1, context.terms.rules.target)
    return _build(context, word, clear, _Work((), (), sizes))


def sizes_of(size: Size, rules: SizingRules) -> Sizes:
    """The bounds within which the size may change later. Only a size that was measured may grow."""
    most = max(size.days, rules.max_days) if size.basis in _MEASURED else size.days
    return Sizes(size.days, min(rules.min_days, size.days), most, rules.target)


def _build(context: ProposalContext, word: str, clear: Sequence[Run], work: _Work) -> BeginSequence:
    """The act with its spec. The sequence cancels and waits for the runs in ``clear``, and also for the workflows
    below them that end with them."""
    terms, target = context.terms, context.target
    below = context.ending_below(clear)
    clear = (*clear, *below)
    spec = SequenceSpec(
        id="",
        cluster=target.cluster,
        customer=target.customer,
        asked=word,
        clear=_held(clear),
        adopt=_held(sorted(work.running, key=lambda run: (str(run.window), run.execution.ref))),
        days=work.days,
        sizes=work.sizes,
        parallel=terms.parallel,
        split_after=terms.split_after,
        on_stuck=terms.on_stuck,
        cancel_patience=terms.cancel_patience,
        started_by="",
        started_at=context.at,
        reason="",
        plan_digest="",
        thread_key="",
        campaign=terms.campaign_name,
    )
    return BeginSequence(spec, tuple(clear), frozenset(run.execution.ref for run in below))


def _held(runs: Iterable[Run]) -> tuple[OpenRun, ...]:
    return tuple(OpenRun(run.execution.ref, run.window) for run in runs)
