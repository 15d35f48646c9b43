"""Sums up a cluster's queue for people: how full it is, who is next, and who holds the slots that others wait for.
Pure."""

from bot.fleet.queue import slots
from bot.fleet.status.queue import QueueSummary, SlotHolder
from bot.model.queue import QueueStanding, QueueState, Survey


def summary(standing: QueueStanding) -> QueueSummary:
    """The queue as it is now. Without a survey, it is not known how many windows may run at once (``at_once`` is
    None) and how many runs of its own the team has (``other_runs`` is 0)."""
    state, survey = standing.state, standing.survey
    holders = _holders(state, survey)
    upcoming = tuple(queued.customer for queued in state.queued if not queued.is_held)
    return QueueSummary(
        upcoming=upcoming,
        held=len(state.queued) - len(upcoming),
        at_once=survey.at_once if survey else None,
        windows=sum(holder.slots for holder in holders),
        waiting=sum(len(member.ungranted) for member in state.members),
        beginning=len(state.starting),
        holders=holders,
        other_runs=survey.other_runs if survey else 0,
        examples=survey.examples if survey else (),
        is_full=survey is not None and _is_full(state, survey),
        paused_by=state.paused_by,
    )


def _holders(state: QueueState, survey: Survey | None) -> tuple[SlotHolder, ...]:
    members = [SlotHolder(member.demand.customer, len(member.granted)) for member in state.members]
    others = [SlotHolder(other.customer, other.slots) for other in slots.others(state, survey)] if survey else []
    holders = [holder for holder in (*members, *others) if holder.slots]
    return tuple(sorted(holders, key=lambda holder: (-holder.slots, holder.customer)))


def _is_full(state: QueueState, survey: Survey) -> bool:
    """Whether a queued customer, or a window of a sequence, waits for a slot and none is free for it."""
    count = slots.count(state, survey)
    waiting = [member for member in state.members if member.ungranted]
    is_single_kept = not count.free and any(member.demand.is_single for member in waiting)
    of_batches = not state.paused_by and (
        any(not queued.is_held for queued in state.queued) or any(not member.demand.is_single for member in waiting)
    )
    return is_single_kept or (of_batches and not count.free_for_batches)
