"""Draws the answer to ``notify``, for the person who asked."""

from bot.blocks import kit, run_status, words
from bot.blocks.alert_reasons import WORDS
from bot.commands import SLASH
from bot.commands.words import typed
from bot.fleet.name_lookup import Target
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.notify import NothingToAwait, NotifyResult, Subscribed, Unsubscribed
from bot.message import Message
from bot.model import State

NAMES_SHOWN = 20


def render(result: NotifyResult) -> Message:
    """The answer: whether a direct message will come, and the customer's state now."""
    match result:
        case Subscribed():
            lines = _subscribed(result)
        case NothingToAwait(backfill):
            lines = [_nothing_to_await(backfill)]
        case Unsubscribed():
            lines = [_unsubscribed(result)]
    return kit.message("\n".join(lines), [kit.section("\n".join(map(kit.escape, lines)))])


def _subscribed(result: Subscribed) -> list[str]:
    name = f"{typed(words.name(result.target.customer))}{words.in_campaign(result.campaign)}"
    subject = _subject(result.target) + _in(result.campaign)
    lines = [
        f"You get one direct message when {subject} is complete or needs a person. "
        f"{SLASH} notify off {name} calls it off."
    ]
    if result.alert:
        lines.append(
            f"It needs a person already: it {WORDS[result.alert.alert_reason].state}. That is not told again."
        )
    if result.backfill is None:
        lines.append(f"{result.target.cluster} did not answer, so how it stands now is not known.")
    else:
        lines.append(f"Now: {run_status.state(result.backfill, {})}.")
    return lines


def _nothing_to_await(backfill: Backfill) -> str:
    subject = _subject(Target(backfill.cluster, backfill.customer))
    if backfill.state is State.NOT_APPLICABLE:
        return f"{subject} has nothing to backfill: the source has no rows in range. No message will come."
    proof = "counts match" if backfill.is_verified else f"{backfill.verified_days:,} of them verified"
    return f"{subject} is complete already: {words.days(backfill.whole.days)}, {proof}. No message will come."


def _unsubscribed(result: Unsubscribed) -> str:
    if result.targets:
        subjects = [_subject(target) for target in result.targets[:NAMES_SHOWN]]
        more = len(result.targets) - NAMES_SHOWN
        names = words.joined([*subjects, *([f"{more:,} more"] if more > 0 else [])])
        return f"You get no direct message about {names} any more."
    about = f" about {words.name(result.asked)}" if result.asked else ""
    return f"No direct message{about} was to come to you, so there is nothing to call off."


def _in(campaign: str) -> str:
    return f" in {words.name(campaign)}" if campaign else ""


def _subject(target: Target) -> str:
    return f"{words.name(target.customer)} on {target.cluster}"
