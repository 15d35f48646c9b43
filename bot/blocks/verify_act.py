"""What a person should do about a verdict: the sentences of advice, the button for it, and the icon."""

from slack_sdk.models.blocks import InteractiveElement

from bot.actions import ActionId
from bot.blocks import buttons, kit, words
from bot.blocks.lines import Line
from bot.commands import SLASH
from bot.commands.words import typed
from bot.fleet.name_lookup import Target
from bot.fleet.verification.verdict import CustomerVerdict, Outcome
from bot.model import Window

# The command that looks at every cluster. It is for the terminal, not for Slack.
_CHECK = "backfill-bot check"
_EARLY = ":large_orange_circle:"
_MARKS = {
    Outcome.DIFFERS: ":red_circle:",
    Outcome.CONTENTS_DIFFER: ":red_circle:",
    Outcome.NOT_ANSWERED: ":white_circle:",
    Outcome.NOT_FINISHED: ":hourglass_flowing_sand:",
    Outcome.NOT_COMPARED: ":white_circle:",
    Outcome.UNPROVEN: ":large_yellow_circle:",
    Outcome.MATCHES: ":large_green_circle:",
}


def mark(verdict: CustomerVerdict) -> str:
    """The icon of the verdict. A verdict that differs only because work is left (``is_early``) has an orange icon,
    not a red one."""
    return _EARLY if verdict.is_early else _MARKS[verdict.outcome]


def advice(verdict: CustomerVerdict) -> list[Line]:
    """What to do about days that nothing fills yet, tables that did not answer, and duplicates that cannot be
    counted."""
    if verdict.is_early:
        return [Line.of(_about_unfilled(verdict))]
    if verdict.outcome is Outcome.NOT_ANSWERED:
        name = f"{SLASH} verify {typed(words.name(f'{verdict.cluster}/{verdict.customer}'))}"
        again = Line.of("To count again:").then(_code(name)).then(". If it stays like this,", separator="")
        return [again.then(_code(_CHECK)).then("on the bot's host says why.")]
    return _about_keys(verdict) if verdict.outcome is Outcome.UNPROVEN else []


def about_duplicates(verdict: CustomerVerdict) -> list[str]:
    """What duplicates are and who removes them, if a table that differs has some."""
    if not verdict.duplicates or verdict.outcome is not Outcome.DIFFERS:
        return []
    return [
        "Duplicates are extra copies of rows, not counted as found. A new run does not remove them: ClickHouse may "
        "when it merges, or else the table's owner has to."
    ]


def act(verdict: CustomerVerdict, *, is_typed: bool) -> list[InteractiveElement]:
    """The button for what helps: to run days, or to count again. Empty if nothing helps now. If somebody typed the
    range (``is_typed``), there is no button to count again, because it would count the whole campaign."""
    target = Target(verdict.cluster, verdict.customer)
    if verdict.is_early:
        return [] if verdict.to_come else buttons.for_target(target, ActionId.RETRY)
    if verdict.outcome is Outcome.NOT_ANSWERED:
        return [] if is_typed else buttons.verify_again(target)
    return _rerun(verdict, target)


def _rerun(verdict: CustomerVerdict, target: Target) -> list[InteractiveElement]:
    """The button that runs days again: all from the first to the last day whose rows are not as expected. Empty while
    windows run or have still to run. Also empty if duplicates are the only problem, because a new run does not remove
    them."""
    if verdict.outcome not in (Outcome.DIFFERS, Outcome.CONTENTS_DIFFER) or verdict.running or verdict.to_come:
        return []
    days = [day.day for table in verdict.counted for day in table.differing if day.differs]
    if not days:
        return []
    window = Window.of_days(min(days), (max(days) - min(days)).days + 1)
    return buttons.rerun(target, window, f"Run {window.briefly()} again…")


def _about_unfilled(verdict: CustomerVerdict) -> str:
    if verdict.to_come:
        return "Run what is missing when its sequence has ended."
    return (
        "If nobody else is about to start them, run what is missing: the open run goes on, and the bot starts one "
        "window after the other."
    )


def _about_keys(verdict: CustomerVerdict) -> list[Line]:
    """How duplicates can be counted: the setting and its file."""
    tables = words.joined([table.table for table in verdict.counted if not table.duplicates_known])
    lead = Line.of(f"Not urgent. To count them, name the key columns of {tables} as").then(_code("key"))
    place = lead.then("in").then(_code("[[verify.tables]]")).then("of").then(_code("backfill.toml"))
    return [place.then(", then verify again.", separator="")]


def _code(text: str) -> Line:
    return Line(text, kit.code(text))
