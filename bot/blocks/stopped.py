"""Draws the customers of a digest whose days are missing and that nothing runs: who stopped each, and its button."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.actions import ActionId
from bot.blocks import buttons, kit, run_status, words
from bot.blocks.lines import Line
from bot.blocks.moments import moment
from bot.commands import SLASH
from bot.fleet.name_lookup import Target
from bot.fleet.status.digest import Digest, StoppedCustomer
from bot.model import State, Window
from bot.model.coverage import total_days

WITH_BUTTON = 6
# More lines would push out what the digest says after them.
SHOWN = 20


def first(result: Digest) -> list[Line]:
    """A line for each of those with a button: who stopped it and when, its missing days, and a link to its thread."""
    return [_line(stopped, result.range) for stopped in result.stopped[:WITH_BUTTON]]


def others(result: Digest) -> list[Line]:
    """The lines of some more, and how many are left."""
    shown = [_line(stopped, result.range) for stopped in result.stopped[WITH_BUTTON:SHOWN]]
    rest = len(result.stopped) - SHOWN
    return [*shown, *([Line.of(f"{rest:,} more: {SLASH} status shows everybody.")] if rest > 0 else [])]


def sections(result: Digest) -> list[Block]:
    """These lines, each with the button that runs the missing days."""
    return [_section(stopped, result.range) for stopped in result.stopped[:WITH_BUTTON]]


def advice(result: Digest) -> list[Line]:
    """What to type for those without a button."""
    if len(result.stopped) <= WITH_BUTTON:
        return []
    return [Line.of(f"To run the missing days of the others: {SLASH} retry NAME, or {SLASH} run all failed.")]


def _section(stopped: StoppedCustomer, whole: Window) -> Block:
    cluster, _, customer = stopped.name.partition("/")
    button = buttons.for_target(Target(cluster, customer), ActionId.RETRY)
    return kit.section(_line(stopped, whole).mrkdwn, next(iter(button), None))


def _line(stopped: StoppedCustomer, whole: Window) -> Line:
    cluster, _, customer = stopped.name.partition("/")
    days = f"{words.days(total_days(stopped.missing))} missing ({run_status.ranges(stopped.missing, whole)})"
    word = "failed" if stopped.state is State.FAILED and not stopped.by else "stopped"
    by = f" by {words.name(stopped.by)}" if stopped.by else ""
    mark = ":red_circle:" if stopped.state is State.FAILED else ":large_orange_circle:"
    lead = f"{customer} on {cluster} {word}{by}"
    when = moment(stopped.at) if stopped.by else Line.of("")
    text = Line(lead, f"{mark} {kit.escape(lead)}").then(when).then(f": {days}.", separator="")
    if stopped.at and not stopped.by:
        text = text.then("Nothing has run since").then(moment(stopped.at)).then(".", separator="")
    return text.then(Line("", kit.link(stopped.link, "Thread") if stopped.link else ""))


def needing(result: Digest) -> Sequence[str]:
    """Their names; a digest of an earlier version knows no more of them."""
    return [stopped.name for stopped in result.stopped] or result.eta.stopped
