"""Joins findings that say the same of several clusters: a mistake in the file is told once, with whom it concerns."""

from collections.abc import Sequence
from dataclasses import replace

from bot.fleet.diagnostics.findings import Finding

NAMED = 5


def joined(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """In the order of the first of each; what is well stays a line each."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        of_what = finding.probe.rpartition(" ")[2]
        alike = (of_what, finding.told, finding.advice) if not finding.is_ok else (finding.probe,)
        groups.setdefault(alike, []).append(finding)
    return tuple(_one(alike) for alike in groups.values())


def _one(alike: Sequence[Finding]) -> Finding:
    if len(alike) == 1:
        return alike[0]
    names = [finding.probe.rpartition(" ")[0] for finding in alike]
    shown = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
    return replace(alike[0], probe=f"{shown} {alike[0].probe.rpartition(' ')[2]}")
