"""The report of ``backfill-bot check``, as the terminal shows it."""

from collections.abc import Sequence

from bot.blocks import check_facts
from bot.fleet.diagnostics.findings import Advice, Answer, Finding, Level
from bot.redaction import redact
from bot.wellformed import printable

# A finding about several clusters names at most this many of them.
NAMED = 5
_SUMS = {Level.WARNING: "with a warning", Level.UNKNOWN: "not made"}
_ADVICE = {
    Advice.TEMPORAL: "See [clusters.{cluster}.temporal] in the configuration.",
    Advice.CLICKHOUSE: "See [clusters.{cluster}.clickhouse] and [[verify.tables]].",
    Advice.CODEC: (
        "See codec in [clusters.{cluster}]: its endpoint, and the variable that auth_env names. Until it works, that "
        "cluster counts as not answering where it has runs with an encoded memo, and nothing is started there."
    ),
    Advice.WORKFLOW: (
        "See [workflow] in backfill.toml: types, task_queue, id_template and keys are to be as your own code has "
        "them; and whether your workers run."
    ),
    Advice.IDENTITY: "See [workflow.identity] in backfill.toml, and docs/your-workflow.md.",
    Advice.FILTERS: "See filter in the [clusters.NAME] of those that share a namespace.",
    Advice.STATEMENTS: "Correct what is named there; the bot asks the same of every cluster.",
    Advice.SLACK: "See SLACK_BOT_TOKEN, [slack] channel, and whether the bot is a member of that channel.",
    Advice.SOCKET_MODE: (
        "See SLACK_APP_TOKEN: an app-level token with connections:write, made in the Slack app's settings."
    ),
    Advice.OPERATORS: (
        "See [slack] operators and operator_groups in backfill.toml: ids of people (U…) and of user groups (S…)."
    ),
    Advice.ROUTES: ("See [[routes]] in backfill.toml. Alerts for a channel that the bot is not in go to the team's."),
    Advice.STORE: (
        "See DATABASE_URL: a server must run, let the bot in and let it write; "
        "a file and its folder must be writable, with room left."
    ),
    Advice.OUTBOX: (
        "What is set aside is not tried again, unless it changes: the reason tells what to mend. "
        "It is listed for 3 days. What waits is said by itself when its reason is gone."
    ),
    Advice.CONFIGURATION: "See [watch] in backfill.toml.",
    Advice.CLOCK: (
        "Set this machine's clock by NTP: leads, waits, and the search for what may have been said go by it."
    ),
}


def report(findings: Sequence[Finding]) -> str:
    """A line for each finding, with its advice below it, and a summary at the end."""
    width = max((len(name(finding)) for finding in findings), default=0)
    lines = [line for finding in findings for line in _lines(finding, width)]
    text = "\n".join(redact(line) for line in [*lines, _summary(findings)])
    return printable(text)


def name(finding: Finding) -> str:
    """What was checked: ``voice-prod, chat-prod ClickHouse``."""
    clusters = ", ".join(finding.clusters[:NAMED])
    more = f" and {len(finding.clusters) - NAMED} more" if len(finding.clusters) > NAMED else ""
    return f"{clusters}{more} {finding.probe}".strip()


def answer_text(answer: Answer) -> str:
    """All lines of the answer, the worst first."""
    facts = "; ".join(filter(None, map(check_facts.text, answer.facts)))
    return "\n".join(filter(None, (*map(check_facts.text, (*answer.problems, *answer.warnings)), facts)))


def advice_text(finding: Finding) -> str:
    """What to do about a failure; "" if nothing failed, or if there is no advice."""
    if finding.is_ok or finding.answer.advice is None:
        return ""
    return _ADVICE[finding.answer.advice].replace("{cluster}", "".join(finding.clusters[:1]))


def _summary(findings: Sequence[Finding]) -> str:
    levels = [finding.level for finding in findings]
    odd = [f"{levels.count(level)} {phrase}" for level, phrase in _SUMS.items() if level in levels]
    failed = levels.count(Level.FAILED)
    if not failed and not odd:
        return f"All {len(findings)} checks are ok."
    head = f"{failed} of {len(findings)} checks failed" if failed else f"None of {len(findings)} checks failed"
    return f"{', '.join([head, *odd])}."


def _lines(finding: Finding, width: int) -> list[str]:
    text, advice = answer_text(finding.answer), advice_text(finding)
    first, *more = [*text.splitlines(), *advice.splitlines()] or [""]
    indent = " " * (len("FAIL  ") + width + 2)
    head = f"{finding.level:<4}  {name(finding):<{width}}  {first}".rstrip()
    return [head, *(f"{indent}{line}" for line in more)]
