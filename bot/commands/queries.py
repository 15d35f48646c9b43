"""The commands that only read: a frozen model and a reader each.

The class docstring is the command's line in ``help``, ``forms`` are its usage, and ``examples`` show what a person
might type.
"""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import Field

from bot.commands.names import optional_name, reject_extra_words, required_name, usage_hint
from bot.commands.options import take_by, take_windows
from bot.commands.ranges import take_range
from bot.commands.request import Breakdown, PagedRequest, Purpose, Reach, Request
from bot.errors import UsageError
from bot.model import Window


class Help(Request):
    """Says what can be typed, or all about one command."""

    purpose = Purpose.LEARN
    reach = Reach.NONE
    forms = ("help [command]",)
    examples = ("help", "help verify")

    kind: Literal["help"] = "help"
    topic: str = ""


def read_help(words: Sequence[str], _today: date) -> Help:
    """Read the topic. ``parse`` checks that it is a command, because this module does not know the table of
    commands."""
    return Help(topic=optional_name(Help, words).lower())


class Status(PagedRequest):
    """Shows how far the backfills are: the fleet, one cluster, or one customer window by window."""

    forms = ("status [cluster|customer] [start..end]",)
    examples = ("status", "status voice-prod", "status hilton", "status voice-prod/hilton 2026-01-01..2026-01-31")

    kind: Literal["status"] = "status"
    target: str = ""
    range: Window | None = None


def read_status(words: Sequence[str], today: date) -> Status:
    names, window = take_range(words, today)
    return Status(target=optional_name(Status, names), range=window)


class Struggling(PagedRequest):
    """Lists every open run that is not healthy, on all clusters, worst first, and says what helps."""

    reach = Reach.ALL
    forms = ("struggling",)
    examples = ("struggling",)

    kind: Literal["struggling"] = "struggling"


def read_struggling(words: Sequence[str], _today: date) -> Struggling:
    reject_extra_words(Struggling, words)
    return Struggling()


class Verify(PagedRequest):
    """Counts the rows that arrived in ClickHouse and compares them with what was expected."""

    forms = ("verify <customer|cluster|all> [start..end] [by day|window]",)
    examples = ("verify hilton", "verify voice-prod 2026-01-01..2026-01-31", "verify hilton by day", "verify all")

    kind: Literal["verify"] = "verify"
    target: str = Field(min_length=1)
    range: Window | None = None
    by: Breakdown = Breakdown.SUMMARY


def read_verify(words: Sequence[str], today: date) -> Verify:
    names, window = take_range(words, today)
    names, by = take_by(names)
    return Verify(target=required_name(Verify, names, "a customer, a cluster, or all", words), range=window, by=by)


class Plan(PagedRequest):
    """Shows what would run for a customer: every window, why it has its size, and how long it takes."""

    forms = ("plan <customer> [start..end] [windows Nd]",)
    examples = ("plan hilton", "plan hilton windows 3d", "plan voice-prod/hilton 2026-01-01..2026-02-01 windows 10d")

    kind: Literal["plan"] = "plan"
    target: str = Field(min_length=1)
    range: Window | None = None
    days: int | None = Field(default=None, ge=1)


def read_plan(words: Sequence[str], today: date) -> Plan:
    names, window = take_range(words, today)
    names, days = take_windows(names)
    return Plan(target=required_name(Plan, names, "a customer", words), range=window, days=days)


class Campaigns(Request):
    """Lists the campaigns: which days each fills, for whom and with what, and whether it is open."""

    reach = Reach.NONE
    forms = ("campaigns",)
    examples = ("campaigns",)

    kind: Literal["campaigns"] = "campaigns"


def read_campaigns(words: Sequence[str], _today: date) -> Campaigns:
    reject_extra_words(Campaigns, words)
    return Campaigns()


class Digest(Request):
    """Shows the digest now: who needs a person, what changed, the expected end of the work, and every cluster."""

    forms = ("digest",)
    examples = ("digest",)

    kind: Literal["digest"] = "digest"


def read_digest(words: Sequence[str], _today: date) -> Digest:
    reject_extra_words(Digest, words)
    return Digest()


class Report(Request):
    """Writes the operations log of a day: results, who struggled, what was done, and what is left."""

    forms = ("report [date]",)
    examples = ("report", "report 2026-02-21")

    kind: Literal["report"] = "report"
    day: date | None = None


def read_report(words: Sequence[str], today: date) -> Report:
    names, window = take_range(words, today)
    reject_extra_words(Report, names)
    if window is not None and window.days > 1:
        raise UsageError(f"A report is about one day, and {window} has {window.days:,}.", usage_hint(Report))
    return Report(day=window.start if window else None)


class Audit(Request):
    """Shows who changed what and when, and who was refused, the latest first."""

    reach = Reach.ALL
    forms = ("audit [customer|cluster]",)
    examples = ("audit", "audit hilton", "audit voice-prod/hilton")

    kind: Literal["audit"] = "audit"
    target: str = ""


def read_audit(words: Sequence[str], _today: date) -> Audit:
    return Audit(target=optional_name(Audit, words))
