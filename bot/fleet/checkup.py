"""The findings of ``python -m bot check``, and how a terminal shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.fleet.secrets import without_secrets


@dataclass(frozen=True, slots=True)
class Finding:
    """What one probe came to: what answered or what is wrong, and what to do about it ("" when ok)."""

    probe: str
    is_ok: bool
    told: str
    advice: str = ""


def report(findings: Sequence[Finding]) -> str:
    """A line for each finding, the advice below it, and a sum at the end."""
    width = max((len(finding.probe) for finding in findings), default=0)
    lines = [line for finding in findings for line in _lines(finding, width)]
    failed = sum(not finding.is_ok for finding in findings)
    total = f"{failed} of {len(findings)} checks failed." if failed else f"All {len(findings)} checks are ok."
    return "\n".join(without_secrets(line) for line in [*lines, total])


def exit_code(findings: Sequence[Finding]) -> int:
    """0 when everything answers as it should, else 1."""
    return 0 if all(finding.is_ok for finding in findings) else 1


def _lines(finding: Finding, width: int) -> list[str]:
    first, *more = [*finding.told.splitlines(), *finding.advice.splitlines()] or [""]
    indent = " " * (len("FAIL  ") + width + 2)
    word = "ok" if finding.is_ok else "FAIL"
    return [f"{word:<4}  {finding.probe:<{width}}  {first}".rstrip(), *(f"{indent}{line}" for line in more)]
