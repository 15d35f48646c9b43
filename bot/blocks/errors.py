"""Draws the answer to a command that failed: what the problem is and what to do."""

from collections.abc import Sequence

from bot.blocks import kit, refusals, words
from bot.blocks.lines import first_names
from bot.commands.words import typed
from bot.errors import (
    BackfillBotError,
    Conflict,
    NameMissing,
    NotFound,
    RateLimited,
    Refused,
    Unavailable,
    Unreachable,
    UsageError,
)
from bot.fleet.refusals.declined import Declined
from bot.message import Message
from bot.model import duration_text

CHOICES_SHOWN = 10


def render(error: BackfillBotError) -> Message:
    """One or two sentences: what is wrong, and often what to do."""
    lines = [line for line in _lines(error) if line]
    return kit.message(" ".join(lines), [kit.section("\n".join(kit.escape(line) for line in lines))])


def with_choices(error: NameMissing, targets: Sequence[str]) -> NameMissing:
    """The error for a command that was typed without a name in a thread about several customers. ``targets`` are
    these customers, each as ``cluster/customer``, and the hint of the new error names them. Without ``targets``, the
    error is returned unchanged."""
    if not targets:
        return error
    names = first_names([typed(words.name(target)) for target in targets], CHOICES_SHOWN)
    return NameMissing(error.problem, f"This thread is about several: {names}. Name one of them.")


def unexpected(reference: str) -> Message:
    """The answer to a bug in the bot; the log has the details under ``reference``."""
    text = f"Something went wrong inside the bot. Whoever runs it finds the details in its log under {reference}."
    return kit.message(text, [kit.section(kit.escape(text))])


def _lines(error: BackfillBotError) -> tuple[str, ...]:  # noqa: PLR0911  (one line a kind is the point)
    match error:
        case Declined():
            return refusals.lines(error)
        case UsageError(problem=problem, hint=hint):
            return problem, hint
        case RateLimited(system=system, retry_after=wait):
            return f"{_capitalized(system)} is asked too often just now.", f"Try again in {duration_text(wait)}."
        case Unreachable(system=system, why=why):
            return (f"{_capitalized(system)} cannot be reached: {words.sentence(why)}",)
        case Unavailable(system=system, why=why):
            return f"{_capitalized(system)} did not answer: {words.sentence(why)}", "Try again in a moment."
        case Refused(system=system, why=why):
            return (f"{_capitalized(system)} refused: {words.sentence(why)}",)
        case Conflict(why=why):
            return f"Nothing was changed: {words.sentence(why)}", "Try again."
        case NotFound(system=system, why=why):
            return (f"{_capitalized(system)}: {words.sentence(why)}",)
        case _:
            return (str(error),)


def _capitalized(system: str) -> str:
    return system[:1].upper() + system[1:]
