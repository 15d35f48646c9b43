"""Tells whether the dates in runs are the days that the runs fill, or other dates, such as the day of a request.
Pure."""

from collections.abc import Sequence
from itertools import pairwise

from bot.fleet.diagnostics.end_evidence import DatedRun
from bot.fleet.diagnostics.field_roles import are_named_as_days
from bot.fleet.diagnostics.field_values import SampleRun
from bot.fleet.diagnostics.mapping_reading import windows_as_dated
from bot.fleet.runs.mapping import IdentityMapping, Keys

# A single pair of windows may overlap because some days were run again.
_ENOUGH = 2


def are_days(mapping: IdentityMapping, keys: Keys | None, runs: Sequence[SampleRun]) -> bool:
    """Whether the two dates that the mapping reads may be the first day and the end of a run's days. ``keys`` are the
    fields that hold them; None if they are parts of an id.

    The windows of a customer are cut one after the other. If most of them reach into the next one, one of the two
    dates is something else, unless the names of the fields say what they are.
    """
    if keys is not None and are_named_as_days(keys):
        return True
    windows = windows_as_dated(mapping, runs)
    pairs = [pair for name in {run.customer for run in windows} for pair in _neighbours(windows, name)]
    overlapping = sum(first.start < second.start < first.end <= second.end for first, second in pairs)
    return overlapping < _ENOUGH or 2 * overlapping <= len(pairs)


def _neighbours(windows: Sequence[DatedRun], customer: str) -> list[tuple[DatedRun, DatedRun]]:
    own = {run for run in windows if run.customer == customer}
    return list(pairwise(sorted(own, key=lambda run: (run.start, run.end))))
