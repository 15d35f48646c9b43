"""What an alert suggests to do, and the buttons about its run, the suggested act first."""

from bot.actions import ActionId
from bot.blocks import kit, sizing, words
from bot.blocks.alert_reasons import SMALLER, WORDS
from bot.blocks.lines import Line
from bot.commands import SLASH
from bot.commands.words import typed
from bot.fleet.name_lookup import Target
from bot.fleet.status.estimate import Estimate
from bot.model import AlertFacts, AlertReason, Episode, SuggestedWindows

_RUN_MISSING = "run what is missing, then verify: days that hold rows already may get duplicates."
_NAMED_CAUSE = "mend what this failure names; the next attempt then gets through by itself."


def suggestion(alert: Episode) -> Line:
    """What to do about an open alert. While the days of the alert wait in the queue, the line says that there is
    nothing to do."""
    if alert.is_queued:
        return Line.of(f"Waits in the queue of {alert.ref.cluster}: nothing to do.")
    line = Line("Suggested:", "*Suggested:*").then(_advice(alert))
    if alert.alert_reason is not AlertReason.STALLED:
        return line
    retry = command("retry", alert)
    return line.then(Line(f"Then {retry} runs what is missing.", f"Then {kit.code(retry)} runs what is missing."))


def acts(alert: Episode) -> tuple[ActionId, ...]:
    """The actions that the alert offers about its run. While the days of the alert wait in the queue, ``RETRY`` is
    left out, because the queue runs these days anyway."""
    offered = _acts(alert)
    return tuple(act for act in offered if act is not ActionId.RETRY) if alert.is_queued else offered


def _acts(alert: Episode) -> tuple[ActionId, ...]:
    if alert.alert_reason is AlertReason.MISMATCH and _only_misses_rows(alert.facts):
        return ActionId.RETRY, ActionId.VERIFY
    return WORDS[alert.alert_reason].actions


def command(word: str, alert: Episode) -> str:
    """The command to type about the customer of the alert: ``/backfill verify voice-prod/hilton``."""
    return f"{SLASH} {word} {typed(words.name(str(target_of(alert))))}{words.in_campaign(alert.campaign)}"


def target_of(alert: Episode) -> Target:
    """The customer of the alert, on its cluster."""
    return Target(alert.ref.cluster, alert.customer)


def _advice(alert: Episode) -> str:
    if alert.alert_reason is AlertReason.RETRYING and alert.last_failure and alert.last_failure.message.strip():
        return _NAMED_CAUSE
    if alert.alert_reason is AlertReason.MISMATCH and _only_misses_rows(alert.facts):
        return _RUN_MISSING
    return WORDS[alert.alert_reason].advice_with(_windows(alert.suggested))


def _windows(suggested: SuggestedWindows | None) -> str:
    """``11 windows of 5 days, about 23–31 h``."""
    if suggested is None:
        return SMALLER
    windows = f"{words.plural(suggested.number, 'window')} of {words.days(suggested.days)}"
    if suggested.low is None or suggested.high is None:
        return windows
    return f"{windows}, about {sizing.span(Estimate(suggested.low, suggested.high))}"


def _only_misses_rows(facts: AlertFacts) -> bool:
    """Whether every table that differs has too few rows. If a table has too many, running its days again does not
    help. False if it is not known how many rows are off."""
    return bool(facts.rows_off) and all(table.found < table.expected for table in facts.rows_off)
