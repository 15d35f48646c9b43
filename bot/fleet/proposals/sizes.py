"""The window sizes that a dialog offers, and the proposal for each of them."""

from collections.abc import Callable, Iterable

from bot.commands import ControlRequest, Run, Split
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.refusals.declined import Declined

# Sizes in days that a dialog offers for one customer, and for all customers together if they are too many for a row
# each.
COMMON_SIZES = (1, 2, 3, 5, 7, 10, 14)


def with_size(command: ControlRequest, days: int) -> ControlRequest:
    """The command with windows of ``days`` days. Raises TypeError for a command whose windows have no size to
    choose."""
    if not isinstance(command, Run | Split):
        raise TypeError(command, "has no size")
    return command.model_copy(update={"days": days})


def takes_size(command: ControlRequest) -> bool:
    """Whether the command has windows whose size a person may choose."""
    return isinstance(command, Split) or (isinstance(command, Run) and not command.whole)


def sizes_to_offer(suggested: int, campaign_days: int) -> tuple[int, ...]:
    """The window sizes in days that a dialog offers, sorted: the suggested one, some that are smaller, and one that
    is twice as large if the campaign is long enough."""
    sizes = {1, -(-suggested // 4), -(-suggested // 2), suggested, suggested * 2}
    return tuple(sorted(days for days in sizes if days <= max(campaign_days, suggested)))


def proposals_by_size(
    suggested: Proposal, judge: Callable[[ControlRequest], Proposal], common: Iterable[int] = ()
) -> tuple[Proposal, ...]:
    """One proposal for each window size that the dialog offers, the smallest size first. The sizes are that of
    ``suggested``, those of ``sizes_to_offer``, and those in ``common`` that are not longer than the campaign. For
    every size but that of ``suggested``, ``judge`` makes the proposal; a size that ``judge`` declines is left out.
    Empty if the size cannot be chosen."""
    plan = suggested.plan
    if plan is None or not plan.to_run or not takes_size(suggested.command):
        return ()
    own, campaign_days = plan.size.days, plan.whole.days
    fitting = (days for days in common if days <= campaign_days)
    proposals: list[Proposal] = []
    for days in sorted({own, *sizes_to_offer(own, campaign_days), *fitting}):
        try:
            proposals.append(suggested if days == own else judge(with_size(suggested.command, days)))
        except Declined:
            continue
    return tuple(proposals)
