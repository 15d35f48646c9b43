"""The buttons about customers and campaigns: their labels, and the values from which the handlers know the target."""

import json
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, InteractiveElement, PlainTextObject

from bot.actions import ActionId, AgainValue, GroupValue, TargetsValue, TargetValue, TimeoutValue, at_place
from bot.fleet.name_lookup import Target
from bot.model import MoreTime, Phase, SequenceEnd, SequenceProgress, Window, duration_text

# The limit of ``TargetValue``. A customer with a longer name gets no buttons; its commands have to be typed.
LONGEST_TARGET = 400
# The limits of ``TargetsValue``, in targets and in characters. A value of this length fits into a button even after a
# campaign is added to it (docs/slack-facts.md#limits).
MOST_TARGETS = 100
LONGEST_VALUE = 1_700

RETRY_LABEL = "Run what is missing…"
_LABELS = {
    ActionId.SPLIT: "Split into windows…",
    ActionId.PAUSE: "Pause…",
    ActionId.RESUME: "Resume…",
    ActionId.RETRY: RETRY_LABEL,
    ActionId.CANCEL: "Cancel…",
    ActionId.TERMINATE: "Terminate…",
    ActionId.RESET: "Try again at once…",
    ActionId.NOTIFY: "Tell me when done",
    ActionId.STATUS: "Details",
    ActionId.VERIFY: "Verify now",
}
# These end what runs. Slack draws them in red.
_STYLES = {ActionId.CANCEL: "danger", ActionId.TERMINATE: "danger"}
# The acts that a message may suggest. Where it offers none of them, it suggests to look at the run in Temporal.
_SUGGESTED = (
    ActionId.SPLIT_ALL,
    ActionId.RETRY_ALL,
    ActionId.SPLIT,
    ActionId.RETRY,
    ActionId.VERIFY,
    ActionId.RESUME,
    ActionId.AGAIN,
)

# The actions whose values may name a campaign.
_IN_CAMPAIGN = frozenset({*_LABELS, ActionId.AGAIN, ActionId.TIMEOUT, ActionId.SPLIT_ALL, ActionId.RETRY_ALL})

_ENDS_WITH_DAYS_MISSING = (
    SequenceEnd.IN_DOUBT,
    SequenceEnd.CANCELLED,
    SequenceEnd.STOPPED,
    SequenceEnd.INCOMPLETE,
)


def for_target(target: Target, *actions: ActionId, campaign: str = "") -> list[InteractiveElement]:
    """One button for each action; none if the target is too long for a button. The buttons are only about
    ``campaign``, if one is given. A button whose label ends in … opens a modal that asks for confirmation."""
    if not _fits(target):
        return []
    value = TargetValue(target=str(target), campaign=campaign).model_dump_json(exclude_defaults=True)
    return [
        ButtonElement(action_id=action, text=_LABELS[action], value=value, style=_STYLES.get(action))
        for action in actions
    ]


def verify_again(target: Target) -> list[InteractiveElement]:
    """The button that counts the rows of a customer once more."""
    pressed = for_target(target, ActionId.VERIFY)
    for button in pressed:
        if isinstance(button, ButtonElement):
            button.text = PlainTextObject(text="Verify again")
    return pressed


def ends_run(action: ActionId) -> bool:
    """Whether the act ends what runs."""
    return action in _STYLES


def for_sequence(progress: SequenceProgress) -> list[InteractiveElement]:
    """The buttons that fit the sequence's phase. A sequence that only cancels runs has no windows to pause or to run
    again."""
    target, campaign = Target(progress.spec.cluster, progress.spec.customer), progress.spec.campaign
    runs_windows = bool(progress.spec.days or progress.spec.adopt)
    if progress.phase is Phase.STOPPING:
        return []
    if progress.phase is Phase.ENDED:
        is_offered = runs_windows and progress.end in _ENDS_WITH_DAYS_MISSING
        count = [ActionId.VERIFY] if progress.end is SequenceEnd.IN_DOUBT else []
        return for_target(target, *count, ActionId.RETRY, campaign=campaign) if is_offered else []
    # A sequence can also be paused while it waits for the workflows it has cancelled. Then it starts no windows
    # afterwards.
    pause_or_resume = ActionId.RESUME if progress.paused_by else ActionId.PAUSE
    first = [pause_or_resume] if runs_windows else []
    return for_target(target, *first, ActionId.CANCEL, campaign=campaign)


def rerun(
    target: Target, window: Window, label: str = "Run this window again…", campaign: str = ""
) -> list[InteractiveElement]:
    """The button that runs one window again."""
    if not _fits(target):
        return []
    again = AgainValue(target=str(target), campaign=campaign, start=window.start, end=window.end)
    value = again.model_dump_json(exclude_defaults=True)
    return [ButtonElement(action_id=ActionId.AGAIN, text=label, value=value)]


def stop_and_close(campaign: str) -> list[InteractiveElement]:
    """The button that stops all work of a campaign and then closes it. Its modal says whose work would be stopped."""
    if len(campaign) > LONGEST_TARGET:
        return []
    value = TargetValue(target=campaign).model_dump_json(exclude_defaults=True)
    action = ActionId.STOP_AND_CLOSE
    return [ButtonElement(action_id=action, text="Stop, then close…", value=value, style="danger")]


def split_all(cluster: str = "", campaign: str = "") -> list[InteractiveElement]:
    """The button that splits all struggling customers of ``cluster``, or of all clusters if ``cluster`` is "". If a
    campaign is given, the button is only about that campaign. The modal that it opens has a row for each customer.
    Empty if the cluster's name is too long for a button."""
    if len(cluster) > LONGEST_TARGET:
        return []
    value = GroupValue(cluster=cluster, campaign=campaign).model_dump_json(exclude_defaults=True)
    return [ButtonElement(action_id=ActionId.SPLIT_ALL, text="Split all struggling…", value=value)]


def retry_all(targets: Sequence[Target]) -> list[InteractiveElement]:
    """The button that runs the missing days of these customers. Its modal has a row for each. Empty for fewer than
    two or more than ``MOST_TARGETS`` customers, or if their names do not fit into the button's value."""
    if not 2 <= len(targets) <= MOST_TARGETS:
        return []
    value = TargetsValue(targets=tuple(map(str, targets))).model_dump_json(exclude_defaults=True)
    if len(value) > LONGEST_VALUE:
        return []
    text = f"Run what is missing for all {len(targets)}…"
    return [ButtonElement(action_id=ActionId.RETRY_ALL, text=text, value=value)]


def more_time(target: Target, offer: MoreTime) -> list[InteractiveElement]:
    """The button that gives the running activities a longer heartbeat timeout."""
    if not _fits(target):
        return []
    text = f"Raise heartbeat timeout to {duration_text(offer.offered)}…"
    value = TimeoutValue(target=str(target), seconds=round(offer.offered.total_seconds())).model_dump_json(
        exclude_defaults=True
    )
    return [ButtonElement(action_id=ActionId.TIMEOUT, text=text, value=value)]


def row(elements: Sequence[InteractiveElement]) -> list[Block]:
    """A block with these elements, or no block if there are none. Buttons that end a run stand last, because people
    tend to press the first one."""
    in_order = sorted(elements, key=lambda each: isinstance(each, ButtonElement) and each.style == "danger")
    return [ActionsBlock(elements=in_order)] if elements else []


def suggesting(elements: Sequence[InteractiveElement]) -> list[Block]:
    """As ``row``, but with one primary button, which stands first: the first button that is a suggested act, or else
    the link to Temporal. Without either, no button is primary."""
    pressed = [element for element in elements if isinstance(element, ButtonElement)]
    acts = [button for button in pressed if button.action_id in _SUGGESTED]
    links = [button for button in pressed if button.action_id == ActionId.OPEN]
    for suggested in (acts or links)[:1]:
        suggested.style = "primary"
        return row([suggested, *(element for element in elements if element is not suggested)])
    return row(elements)


def suggest_first(blocks: Sequence[Block]) -> None:
    """Make the first button primary if it is a suggested act."""
    elements = [element for block in blocks if isinstance(block, ActionsBlock) for element in block.elements]
    first = next(iter(elements), None)
    if isinstance(first, ButtonElement) and first.action_id in _SUGGESTED:
        first.style = "primary"


def in_campaign(blocks: Sequence[Mapping[str, Any]], campaign: str) -> tuple[Mapping[str, Any], ...]:
    """The drawn blocks, in which each button about customers names a campaign. Buttons that named a campaign before
    keep that campaign; the others get ``campaign``."""
    return tuple(_block_in_campaign(block, campaign) for block in blocks)


def _block_in_campaign(block: Mapping[str, Any], campaign: str) -> Mapping[str, Any]:
    """The block, with the campaign added to its buttons."""
    if block["type"] == ActionsBlock.type:
        return {**block, "elements": [_in_campaign(element, campaign) for element in block["elements"]]}
    return block


def _in_campaign(element: Mapping[str, Any], campaign: str) -> Mapping[str, Any]:
    value = str(element.get("value", ""))
    action = str(element.get("action_id", "")).partition("#")[0]
    if action not in _IN_CAMPAIGN:
        return element
    fields = {"campaign": campaign} | json.loads(value)
    return {**element, "value": json.dumps(fields, ensure_ascii=False, separators=(",", ":"))}


def number(blocks: Sequence[Block]) -> None:
    """Make the action ids of all buttons and menus differ, because Slack may accept each id only once in a message or
    view."""
    rows = [block.elements for block in blocks if isinstance(block, ActionsBlock)]
    pressed = [element for element in chain(*rows) if isinstance(element, InteractiveElement)]
    for place, element in enumerate(pressed):
        element.action_id = at_place(ActionId(str(element.action_id)), place)


def _fits(target: Target) -> bool:
    return len(str(target)) <= LONGEST_TARGET
