"""The findings of ``python -m bot check``, and how a terminal shows them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.redaction import redact
from bot.wellformed import REPLACEMENT

# How many clusters a joined finding names.
NAMED = 5
_SUMS = {"warn": "with a warning", "skip": "not made"}


class Level(StrEnum):
    """How much a finding matters, in the words that a terminal shows.

    Only what keeps the bot from its work has failed; what looks odd is a warning. ``UNKNOWN`` could not be asked
    about: the finding that says why is another one.
    """

    OK = "ok"
    WARNING = "warn"
    UNKNOWN = "skip"
    FAILED = "FAIL"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one probe learned: ``problems`` keep the bot from its work, ``warnings`` look odd, ``line`` is the rest.

    ``advice`` is what to do about problems, where the probe's own is for one that gets no answer at all.
    """

    line: str = ""
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    is_known: bool = True
    advice: str = ""

    @property
    def level(self) -> Level:
        """The worst of it."""
        if self.problems:
            return Level.FAILED
        if self.warnings:
            return Level.WARNING
        return Level.OK if self.is_known else Level.UNKNOWN

    @property
    def text(self) -> str:
        """All of it, the worst first."""
        return "\n".join(filter(None, (*self.problems, *self.warnings, self.line)))


@dataclass(frozen=True, slots=True)
class Finding:
    """What one probe came to: what answered or what is wrong, and what to do about it ("" when ok)."""

    probe: str
    level: Level
    told: str
    advice: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether nothing keeps the bot from its work there, as far as is known."""
        return self.level is not Level.FAILED


def join_findings(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """In the order of the first of each; what is well stays a line each."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        of_what = finding.probe.rpartition(" ")[2]
        alike = (of_what, finding.told, finding.advice) if not finding.is_ok else (finding.probe,)
        groups.setdefault(alike, []).append(finding)
    return tuple(_join(alike) for alike in groups.values())


def _join(alike: Sequence[Finding]) -> Finding:
    if len(alike) == 1:
        return alike[0]
    names = [finding.probe.rpartition(" ")[0] for finding in alike]
    shown = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
    return replace(alike[0], probe=f"{shown} {alike[0].probe.rpartition(' ')[2]}")


def report(findings: Sequence[Finding]) -> str:
    """A line for each finding, the advice below it, and a sum at the end."""
    width = max((len(finding.probe) for finding in findings), default=0)
    lines = [line for finding in findings for line in _lines(finding, width)]
    shown = "\n".join(redact(line) for line in [*lines, _sum(findings)])
    return "".join(map(_printing, shown))


def exit_code(findings: Sequence[Finding]) -> int:
    """0 when nothing has failed, else 1: a warning fails no deployment."""
    return 0 if all(finding.is_ok for finding in findings) else 1


def _printing(char: str) -> str:
    """Whoever names workflows, or answers in place of a system, does not command the terminal."""
    return char if char.isprintable() or char == "\n" else REPLACEMENT


def _sum(findings: Sequence[Finding]) -> str:
    levels = [finding.level for finding in findings]
    odd = [f"{levels.count(Level(word))} {what}" for word, what in _SUMS.items() if word in levels]
    failed = levels.count(Level.FAILED)
    if not failed and not odd:
        return f"All {len(findings)} checks are ok."
    head = f"{failed} of {len(findings)} checks failed" if failed else f"None of {len(findings)} checks failed"
    return f"{', '.join([head, *odd])}."


def _lines(finding: Finding, width: int) -> list[str]:
    first, *more = [*finding.told.splitlines(), *finding.advice.splitlines()] or [""]
    indent = " " * (len("FAIL  ") + width + 2)
    return [f"{finding.level:<4}  {finding.probe:<{width}}  {first}".rstrip(), *(f"{indent}{line}" for line in more)]
