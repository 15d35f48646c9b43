"""The findings of ``backfill-bot check``, and the report that the terminal shows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.redaction import redact
from bot.wellformed import REPLACEMENT

# How many clusters a joined finding names.
NAMED = 5
_SUMS = {"warn": "with a warning", "skip": "not made"}


class Level(StrEnum):
    """The severity of a finding, in the words that the report shows.

    ``FAILED`` keeps the bot from its work, and ``WARNING`` looks odd. ``UNKNOWN``: the probe could not be made, for a
    reason that another finding tells.
    """

    OK = "ok"
    WARNING = "warn"
    UNKNOWN = "skip"
    FAILED = "FAIL"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one probe: ``problems`` keep the bot from its work, ``warnings`` look odd, ``line`` is the rest.

    ``advice`` says what to do about the problems. Without it, the probe's advice for a missing answer is shown.
    """

    line: str = ""
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    is_known: bool = True
    advice: str = ""

    @property
    def level(self) -> Level:
        """The worst severity in the answer."""
        if self.problems:
            return Level.FAILED
        if self.warnings:
            return Level.WARNING
        return Level.OK if self.is_known else Level.UNKNOWN

    @property
    def text(self) -> str:
        """All lines, worst first."""
        return "\n".join(filter(None, (*self.problems, *self.warnings, self.line)))


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one probe: what answered or what is wrong, and what to do about it ("" when ok)."""

    probe: str
    level: Level
    text: str
    advice: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether it has not failed; a warning or an unknown answer has not."""
        return self.level is not Level.FAILED


def join_findings(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Join equal failures of several clusters, such as one mistake in the configuration, into one with their names.

    The order is that of the first of each. Findings that have not failed stay as they are.
    """
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        system = finding.probe.rpartition(" ")[2]
        key = (system, finding.text, finding.advice) if not finding.is_ok else (finding.probe,)
        groups.setdefault(key, []).append(finding)
    return tuple(_join(group) for group in groups.values())


def _join(group: Sequence[Finding]) -> Finding:
    if len(group) == 1:
        return group[0]
    names = [finding.probe.rpartition(" ")[0] for finding in group]
    clusters = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
    return replace(group[0], probe=f"{clusters} {group[0].probe.rpartition(' ')[2]}")


def report(findings: Sequence[Finding]) -> str:
    """A line for each finding with its advice below it, and a summary at the end."""
    width = max((len(finding.probe) for finding in findings), default=0)
    lines = [line for finding in findings for line in _lines(finding, width)]
    text = "\n".join(redact(line) for line in [*lines, _summary(findings)])
    return "".join(map(_printable, text))


def exit_code(findings: Sequence[Finding]) -> int:
    """0 when nothing has failed, else 1. A warning does not stop a deployment."""
    return 0 if all(finding.is_ok for finding in findings) else 1


def _printable(char: str) -> str:
    """Replace control characters: text from other systems must not send commands to the terminal."""
    return char if char.isprintable() or char == "\n" else REPLACEMENT


def _summary(findings: Sequence[Finding]) -> str:
    levels = [finding.level for finding in findings]
    odd = [f"{levels.count(Level(word))} {phrase}" for word, phrase in _SUMS.items() if word in levels]
    failed = levels.count(Level.FAILED)
    if not failed and not odd:
        return f"All {len(findings)} checks are ok."
    head = f"{failed} of {len(findings)} checks failed" if failed else f"None of {len(findings)} checks failed"
    return f"{', '.join([head, *odd])}."


def _lines(finding: Finding, width: int) -> list[str]:
    first, *more = [*finding.text.splitlines(), *finding.advice.splitlines()] or [""]
    indent = " " * (len("FAIL  ") + width + 2)
    return [f"{finding.level:<4}  {finding.probe:<{width}}  {first}".rstrip(), *(f"{indent}{line}" for line in more)]
