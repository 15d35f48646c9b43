"""What the check of the identity mapping finds, as values. ``bot.blocks.check_facts_of_mapping`` puts them into
words."""

from dataclasses import dataclass

from bot.fleet.diagnostics.same_days import SameDays
from bot.model import Window


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run, and how it was recognised. ``customer`` is "" if it was not recognised; then ``is_input_unread`` tells
    whether the arguments that the mapping needs were not read. ``source`` is where its customer and days come from.
    If they come from two sources, ``source`` is that of the customer and ``days_source`` that of the days; else
    ``days_source`` is ""."""

    workflow_type: str
    workflow_id: str
    customer: str = ""
    window: Window | None = None
    source: str = ""
    is_input_unread: bool = False
    days_source: str = ""


@dataclass(frozen=True, slots=True)
class RecentRunRows:
    """The last runs, one by one; empty if there are no runs."""

    rows: tuple[RunRow, ...]


@dataclass(frozen=True, slots=True)
class RunsUnrecognised:
    """``unrecognised`` of the last ``number`` runs are not recognised."""

    unrecognised: int
    number: int


@dataclass(frozen=True, slots=True)
class MappingProposed:
    """A mapping that would recognise ``recognised`` of ``number`` runs: ``lines`` for the identity in the section
    ``table`` of the configuration. ``is_end_certain``: the runs show whether an end is the last day or the day after
    it. ``is_of_ids``: the lines replace id_template."""

    table: str
    lines: tuple[str, ...]
    recognised: int
    number: int
    is_end_certain: bool
    is_of_ids: bool


@dataclass(frozen=True, slots=True)
class NoMappingFound:
    """No mapping would recognise these runs by the values that they carry."""


@dataclass(frozen=True, slots=True)
class ArgumentsUnreadable:
    """No argument of ``number`` unrecognised runs can be read. ``has_codec``: the cluster has a codec server."""

    number: int
    has_codec: bool


@dataclass(frozen=True, slots=True)
class ClusterAway:
    """The cluster did not list its runs. The finding of another probe says why."""


@dataclass(frozen=True, slots=True)
class SharedRuns:
    """``number`` runs are found by the filters of both clusters, so they would be counted twice."""

    cluster: str
    other: str
    number: int
    example: str


@dataclass(frozen=True, slots=True)
class FiltersApart:
    """No run is found by the filters of more than one of these clusters."""

    clusters: tuple[str, ...]


MappingFact = (
    RecentRunRows
    | RunsUnrecognised
    | MappingProposed
    | NoMappingFound
    | ArgumentsUnreadable
    | ClusterAway
    | SharedRuns
    | SameDays
    | FiltersApart
)
