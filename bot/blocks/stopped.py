"""Draws the stopped customers of a digest. Each has missing days that no run fills. The first ``WITH_BUTTON``
customers have buttons."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.actions import ActionId
from bot.blocks import buttons, idle, kit, run_status, words
from bot.blocks.lines import Line
from bot.blocks.moments import moment
from bot.commands import SLASH
from bot.fleet.name_lookup import Target
from bot.fleet.status.digest import Digest
from bot.fleet.status.stopped_customer import StoppedCustomer
from bot.model import State
from bot.model.coverage import total_days

WITH_BUTTON = 6
# In all. With more lines, the rest of the digest would not fit.
SHOWN = 20


def first(result: Digest) -> list[Line]:
    """A line for each customer with a button: who stopped it and when, its missing days, and a link to its thread."""
    return [_line(stopped, result) for stopped in result.stopped[:WITH_BUTTON]]


def others(result: Digest) -> list[Line]:
    """The lines of the next customers, which have no button, and how many more there are."""
    shown = [_line(stopped, result) for stopped in result.stopped[WITH_BUTTON:SHOWN]]
    rest = len(result.stopped) - SHOWN
    status = f"{SLASH} status{words.in_campaign(result.campaign)}"
    return [*shown, *([Line.of(f"{rest:,} more: {status} shows everybody.")] if rest > 0 else [])]


def sections(result: Digest) -> list[Block]:
    """A sentence that says what to do, with a button that runs the missing days of all customers; both are left out
    if this button is not available. Then the lines that ``first`` returns, each with a button below it that runs the
    customer's missing days. The topmost button is the suggested one."""
    targets = [Target(*stopped.name.split("/", 1)) for stopped in result.stopped]
    own = [block for stopped in result.stopped[:WITH_BUTTON] for block in _with_button(stopped, result)]
    for_all = buttons.row(buttons.retry_all(targets))
    lead = [kit.section(run_status.stopped_lead(len(targets)).mrkdwn)] if for_all else []
    blocks: list[Block] = [*lead, *for_all, *own]
    buttons.suggest_first(blocks)
    return blocks


def advice(result: Digest) -> list[Line]:
    """What to type for the customers without a button; empty if all have one."""
    if len(result.stopped) <= WITH_BUTTON:
        return []
    where = words.in_campaign(result.campaign)
    typed = f"{SLASH} retry NAME{where}, or {SLASH} run all failed{where}"
    return [Line.of(f"To run the missing days of the others: {typed}.")]


def _with_button(stopped: StoppedCustomer, result: Digest) -> list[Block]:
    cluster, _, customer = stopped.name.partition("/")
    button = buttons.for_target(Target(cluster, customer), ActionId.RETRY)
    return [kit.section(_line(stopped, result).mrkdwn), *buttons.row(button)]


def _line(stopped: StoppedCustomer, result: Digest) -> Line:
    cluster, _, customer = stopped.name.partition("/")
    days = f"{words.days(total_days(stopped.missing))} missing ({run_status.ranges(stopped.missing, result.range)})"
    word = "failed" if stopped.state is State.FAILED and not stopped.by else "stopped"
    by = f" by {words.name(stopped.by)}" if stopped.by else ""
    mark = ":red_circle:" if stopped.state is State.FAILED else ":large_orange_circle:"
    lead = f"{customer} on {cluster} {word}{by}"
    when = moment(stopped.at) if stopped.by else Line.of("")
    text = Line(lead, f"{mark} {kit.escape(lead)}").then(when).then(f": {days}.", separator="")
    if not stopped.by and (stopped.at or stopped.end):
        text = text.then(idle.sentence(stopped.at, stopped.end, result.at))
    return text.then(Line("", kit.link(stopped.link, "Thread") if stopped.link else ""))


def needing(result: Digest) -> Sequence[str]:
    """The stopped customers as ``cluster/customer``. A digest that an earlier version made has only
    ``eta.stopped``."""
    return [stopped.name for stopped in result.stopped] or result.eta.stopped
