"""Draws the menu of window sizes, in which each size says how many windows it makes and how long they take."""

from slack_sdk.models.blocks import InputBlock, Option, PlainTextObject, StaticSelectElement

from bot.blocks import kit, sizing, windows, words
from bot.bulk_fields import BulkValue
from bot.confirmation import InputId
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.warnings import StruggledBefore

# The limit of an option's text and of its description (docs/slack-facts.md#limits).
OPTION_TEXT = 75


def menu(action_id: str, suggested: Proposal, sizes: tuple[Proposal, ...]) -> StaticSelectElement:
    """One option for each of ``sizes``, which include the suggested one."""
    options = [_option(each, suggested) for each in sizes]
    chosen = next(option for option in options if option.value == BulkValue.AS_SUGGESTED)
    return StaticSelectElement(action_id=action_id, placeholder="Window size", options=options, initial_option=chosen)


def field(proposal: Proposal) -> tuple[InputBlock, ...]:
    """The field of a dialog about one customer; none if there is no size to choose."""
    if len(proposal.sizes) < 2:
        return ()
    size = words.days(_size(proposal))
    hint = f"Shown above: windows of {size}. Any size runs the same days; a smaller window loses less if it fails."
    return (
        InputBlock(
            block_id=InputId.SIZE,
            label=_plain("Window size"),
            element=menu(InputId.SIZE, proposal, proposal.sizes),
            hint=_plain(hint),
        ),
    )


def _option(proposal: Proposal, suggested: Proposal) -> Option:
    """``11 windows of 5 days, 20–31 h``, and below it whether windows of that size have struggled."""
    assert proposal.plan is not None
    count, eta = windows.count([planned.window for planned in proposal.plan.to_run]), proposal.plan.eta
    text = count + (f", {sizing.span(eta)}" if eta else "")
    is_suggested = _size(proposal) == _size(suggested)
    value = BulkValue.AS_SUGGESTED if is_suggested else str(_size(proposal))
    return Option(value=value, text=_plain(kit.clip(text, OPTION_TEXT)), description=_struggled(proposal))


def _struggled(proposal: Proposal) -> PlainTextObject | None:
    warning = next((each for each in proposal.warnings if isinstance(each, StruggledBefore)), None)
    return _plain(f"⚠ A window of {words.days(warning.days)} struggled before") if warning else None


def _size(proposal: Proposal) -> int:
    assert proposal.plan is not None
    return proposal.plan.size.days


def _plain(text: str) -> PlainTextObject:
    return PlainTextObject(text=text, emoji=False)
