"""Buttons about one customer: what they say, and the value by which handlers know whom they mean."""

from collections.abc import Sequence

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, InteractiveElement

from bot.actions import ActionId, AgainValue, TargetValue
from bot.fleet.name_lookup import Target
from bot.model import Phase, SequenceEnd, SequenceProgress, Window

# As ``TargetValue`` takes them; a customer with a longer name is reached by typing.
LONGEST_TARGET = 400

_LABELS = {
    ActionId.SPLIT: "Split into windows…",
    ActionId.PAUSE: "Pause…",
    ActionId.RESUME: "Resume…",
    ActionId.RETRY: "Run what is missing…",
    ActionId.CANCEL: "Cancel…",
    ActionId.TERMINATE: "Terminate…",
}


_ENDS_WITH_DAYS_MISSING = (SequenceEnd.CANCELLED, SequenceEnd.STOPPED, SequenceEnd.INCOMPLETE)


def for_target(target: Target, *actions: ActionId) -> list[InteractiveElement]:
    """One button for each action; each opens a modal that asks first."""
    if not _fits(target):
        return []
    value = TargetValue(target=str(target)).model_dump_json()
    return [ButtonElement(action_id=action, text=_LABELS[action], value=value) for action in actions]


def for_sequence(progress: SequenceProgress) -> list[InteractiveElement]:
    """What can be done about a sequence as it stands. One that only cancels has no windows to hold back or to run."""
    target = Target(progress.spec.cluster, progress.spec.customer)
    runs_windows = bool(progress.spec.days or progress.spec.adopt)
    if progress.phase is Phase.STOPPING:
        return []
    if progress.phase is Phase.ENDED:
        return for_target(target, ActionId.RETRY) if runs_windows and progress.end in _ENDS_WITH_DAYS_MISSING else []
    # While it waits for what it has cancelled it can be paused as well: then it begins with no window.
    pause_or_resume = ActionId.RESUME if progress.paused_by else ActionId.PAUSE
    return for_target(target, *([pause_or_resume] if runs_windows else []), ActionId.CANCEL)


def rerun(target: Target, window: Window) -> list[InteractiveElement]:
    """Run one window again."""
    if not _fits(target):
        return []
    value = AgainValue(target=str(target), start=window.start, end=window.end).model_dump_json()
    return [ButtonElement(action_id=ActionId.AGAIN, text="Run this window again…", value=value)]


def row(elements: Sequence[InteractiveElement]) -> list[Block]:
    """As a block, where there are any."""
    return [ActionsBlock(elements=list(elements))] if elements else []


def _fits(target: Target) -> bool:
    return len(str(target)) <= LONGEST_TARGET
