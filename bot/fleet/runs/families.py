"""Families: the open workflows below watched runs, as the descriptions of the runs above report them. They may be of
any type.

Each description of an open run names its pending children, so no listing is needed. Children are identified by their
workflow ids, because a child may continue as new, or be retried, while its parent waits for it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.fleet.runs.children import DescribedChild
from bot.model import AlertFacts, AlertReason, Description, Ending, Ref


@dataclass(slots=True)
class _Member:
    """A workflow that an open run has reported as its child. ``first_run`` is the run with which the child began, as
    its parent reports it. ``ref`` is the child's run that was described last."""

    first_run: Ref
    parent: Ref
    ref: Ref
    described: DescribedChild | None = None
    has_ended: bool = False


@dataclass(frozen=True, slots=True)
class Below:
    """What is open below a run: the children that were described, and the workflow ids of those that were not yet."""

    described: tuple[DescribedChild, ...] = ()
    undescribed: frozenset[str] = frozenset()

    @property
    def total(self) -> int:
        """The number of open workflows below the run."""
        return len(self.described) + len(self.undescribed)


class Families:
    """The members of all families of a cluster. ``take_changed`` returns the runs whose alerts have to be decided
    again."""

    def __init__(self) -> None:
        self._members: dict[str, _Member] = {}
        self._children: dict[str, set[str]] = {}
        self._changed: set[str] = set()

    def __contains__(self, ref: Ref) -> bool:
        """Whether this run is below another one."""
        return ref.workflow_id in self._members

    @property
    def refs(self) -> frozenset[Ref]:
        """The open members."""
        return frozenset(member.ref for member in self._members.values() if not member.has_ended)

    def learn(self, parent: Description) -> tuple[Ref, ...]:
        """Keep the children that an open run reports, and drop those that it no longer reports. Returns the new ones.
        A child without a run id has not started yet; it is left to a later description."""
        ref = parent.execution.ref
        pending = {child.ref.workflow_id: child.ref for child in parent.children if child.ref.run_id}
        for name in self._children.get(ref.workflow_id, set()) - pending.keys():
            if self._members[name].parent == ref:
                self._remove(name)
        known = {name: self._members[name].first_run for name in pending if name in self._members}
        new = tuple(child for name, child in pending.items() if known.get(name) != child)
        for child in new:
            self._remove(child.workflow_id)
            self._members[child.workflow_id] = _Member(child, ref, child)
            self._children.setdefault(ref.workflow_id, set()).add(child.workflow_id)
        return new

    def update(self, ref: Ref, described: DescribedChild) -> bool:
        """Keep the latest description of a member. Returns whether the latest run of this workflow id should be
        described: True if the bot learns only now that this run has closed, and another link of its chain may
        follow."""
        member = self._members[ref.workflow_id]
        before, was_known_as_ended = member.described, member.has_ended and member.ref == ref
        member.ref, member.described, member.has_ended = ref, described, described.run.ending is not None
        if _differ(before, described):
            self._changed.add(self.top_of(ref.workflow_id))
        return member.has_ended and not was_known_as_ended and described.run.ending in _FOLLOWED

    def lose(self, ref: Ref) -> None:
        """Note that Temporal no longer knows this run."""
        member = self._members.get(ref.workflow_id)
        if member and member.ref == ref:
            member.has_ended = True
            if member.described and member.described.trouble:
                self._changed.add(self.top_of(ref.workflow_id))

    def end(self, ref: Ref) -> None:
        """Drop the children of a run that has ended: no run is above them any more."""
        for name in list(self._children.get(ref.workflow_id, ())):
            if self._members[name].parent == ref:
                self._remove(name)

    def forget(self, workflow_id: str) -> None:
        """Drop everything below a workflow id that has no open run any more."""
        for name in list(self._children.get(workflow_id, ())):
            self._remove(name)

    def below(self, ref: Ref) -> Below:
        """The open workflows below this run, in the order of their ids."""
        if ref.workflow_id not in self._children:
            return Below()
        members = [self._members[name] for name in self._names_below(ref.workflow_id)]
        open_members = [member for member in members if not member.has_ended]
        described = sorted(
            (m.described for m in open_members if m.described), key=lambda child: child.child.workflow_id
        )
        undescribed = frozenset(member.ref.workflow_id for member in open_members if member.described is None)
        return Below(tuple(described), undescribed)

    def top_of(self, workflow_id: str) -> str:
        """The workflow id of the topmost run above this one; its own when nothing is above it."""
        seen: set[str] = set()
        while workflow_id in self._members and workflow_id not in seen:
            seen.add(workflow_id)
            workflow_id = self._members[workflow_id].parent.workflow_id
        return workflow_id

    def decided(self, ref: Ref) -> None:
        """Note that the alert of this run takes into account all that is known so far, so the run no longer counts
        as changed."""
        self._changed.discard(ref.workflow_id)

    def take_changed(self, among: Iterable[Ref]) -> frozenset[Ref]:
        """The runs of ``among`` whose alerts may have to change, because something below them has changed.
        Afterwards, no run counts as changed."""
        found = frozenset(ref for ref in among if ref.workflow_id in self._changed) if self._changed else frozenset()
        self._changed.clear()
        return found

    def _names_below(self, workflow_id: str) -> Iterator[str]:
        todo, seen = [workflow_id], {workflow_id}
        while todo:
            children = self._children.get(todo.pop(), set()) - seen
            seen |= children
            todo += children
            yield from children

    def _remove(self, name: str) -> None:
        for below in list(self._children.get(name, ())):
            self._remove(below)
        self._children.pop(name, None)
        member = self._members.pop(name, None)
        if member is None:
            return
        self._children.get(member.parent.workflow_id, set()).discard(name)
        if member.described and member.described.trouble:
            self._changed.add(self.top_of(member.parent.workflow_id))


_FOLLOWED = (Ending.CONTINUED, Ending.FAILED, Ending.TERMINATED)


def _differ(before: DescribedChild | None, after: DescribedChild) -> bool:
    """Whether the alert of the topmost run would now show something else."""
    if before is None:
        return after.trouble is not None
    return _shown_facts(before) != _shown_facts(after)


def _shown_facts(described: DescribedChild) -> tuple[AlertReason, int, AlertFacts] | None:
    """What the alert of the topmost run may show of this child; None if the child is not in trouble."""
    return (described.trouble, described.run.attempt, described.run.facts) if described.trouble else None
