"""Descendants: the open workflows below a run, at any depth; and which of them end together with the run.

A child that its parent abandons is meant to go on. It ends with the run only in two cases: if it fills the same days,
because its rows would mix with those of the windows that replace the run; or if the configuration names its type.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bot.fleet.runs.close_facts import is_cancel_requested, passes_on_cancel
from bot.fleet.runs.identity import Identity
from bot.fleet.runs.run import Run
from bot.model import Execution, ExecutionStatus, Ref, Window


@dataclass(frozen=True, slots=True)
class Descendant:
    """An open workflow below other workflows. ``ancestors`` are all runs above it. At least one of these is a run of
    the customer for whom the workflow works.

    ``is_abandoned``: the close policy of the workflow's parent lets the workflow go on, or the parent has closed and
    left it open. ``is_of_child_type``: the definition of the run at the top lists the type of this workflow among the
    children that end with the run. ``identity`` is the customer and days in the workflow's own data. It is None if
    these data do not have both, or if the bot reads the days from the id of the parent, because those are the
    parent's days.
    """

    execution: Execution
    ancestors: frozenset[Ref]
    is_abandoned: bool
    is_of_child_type: bool = False
    identity: Identity | None = None
    link: str = ""
    cancel_requested: bool = False

    @property
    def as_run(self) -> Run:
        """The descendant as a run without days, because its completion proves nothing about the days of the run above
        it."""
        return Run(self.execution, None, self.link, cancel_requested=self.cancel_requested)


def below(runs: Collection[Run], descendants: Iterable[Descendant]) -> tuple[Descendant, ...]:
    """The descendants of these runs, apart from the runs themselves."""
    refs = {ref for run in runs for ref in run.refs}
    return tuple(d for d in descendants if not refs.isdisjoint(d.ancestors) and d.execution.ref not in refs)


def ending(descendants: Collection[Descendant], customer: str, windows: Collection[Window]) -> tuple[Descendant, ...]:
    """The ``descendants`` that end together with the customer's runs over these ``windows``. A descendant always ends
    if it fills days of ``windows``, or if its type is listed (``is_of_child_type``). Any other descendant goes on if
    it is abandoned, or if the descendant above it goes on."""
    by_id = {each.execution.ref.workflow_id: each for each in descendants}

    def ends(each: Descendant, at_most: int = len(descendants)) -> bool:
        if each.is_of_child_type or _fills(each, customer, windows):
            return True
        above = by_id.get(each.execution.parent_workflow_id)
        return not each.is_abandoned and (above is None or at_most <= 0 or ends(above, at_most - 1))

    return tuple(filter(ends, descendants))


def writing_on(run: Run, descendants: Collection[Descendant]) -> tuple[Descendant, ...]:
    """The ``descendants`` that have to close before another run may fill the days of this closed run: those that are
    to end with the run (``ending``). If the run has completed and nobody had asked it to cancel (``is_own_end``), an
    abandoned descendant counts only if it was itself asked to cancel."""
    ends = ending(descendants, run.name, [run.window] if run.window else [])
    return tuple(each for each in ends if not is_own_end(run) or each.cancel_requested or not each.is_abandoned)


def is_own_end(run: Run) -> bool:
    """Whether the run has completed, and nobody had asked it or an earlier link of its chain to cancel."""
    is_cancelled = is_cancel_requested(run.execution) or any(map(passes_on_cancel, run.links))
    return run.execution.status is ExecutionStatus.COMPLETED and not is_cancelled


def _fills(descendant: Descendant, customer: str, windows: Collection[Window]) -> bool:
    identity = descendant.identity
    if identity is None or identity.customer != customer:
        return False
    return any(identity.window.intersection(window) for window in windows)
