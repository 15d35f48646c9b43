"""Descendants: the open workflows below a run, at any depth; and which of them end together with the run.

A child that its parent abandons goes on by intent, unless it fills the same days. Then its rows would mix with those
of the windows that replace its parent.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bot.fleet.runs.identity import Identity
from bot.fleet.runs.run import Run
from bot.model import Execution, Ref, Window


@dataclass(frozen=True, slots=True)
class Descendant:
    """An open workflow below other workflows. ``ancestors`` are all runs above it. One of them is a run of the
    customer.

    ``is_abandoned``: its parent's close policy lets it go on, or its parent has closed and left it open. ``identity``
    is the customer and days that it tells itself; None if it tells none, or only those of its parent.
    """

    execution: Execution
    ancestors: frozenset[Ref]
    is_abandoned: bool
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


def ends_with(descendant: Descendant, customer: str, windows: Collection[Window]) -> bool:
    """Whether the descendant ends together with runs of this customer over these days."""
    return not descendant.is_abandoned or _fills(descendant, customer, windows)


def _fills(descendant: Descendant, customer: str, windows: Collection[Window]) -> bool:
    identity = descendant.identity
    if identity is None or identity.customer != customer:
        return False
    return any(identity.window.intersection(window) for window in windows)
