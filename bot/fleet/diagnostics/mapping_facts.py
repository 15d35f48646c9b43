"""What the check of the identity mapping finds, as values; ``bot.blocks.check_facts_of_mapping`` words them."""

from dataclasses import dataclass

from bot.model import Window


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run and what it is taken for. ``customer`` is "" when it is not recognised; ``source`` is the place that
    tells it."""

    workflow_type: str
    workflow_id: str
    customer: str = ""
    window: Window | None = None
    source: str = ""
    is_input_unread: bool = False


@dataclass(frozen=True, slots=True)
class RecentRunRows:
    """The last runs, one by one; none when there are no runs."""

    rows: tuple[RunRow, ...]


@dataclass(frozen=True, slots=True)
class RunsUnrecognised:
    """``unrecognised`` of the last ``number`` runs are not recognised."""

    unrecognised: int
    number: int


@dataclass(frozen=True, slots=True)
class MappingProposed:
    """``lines`` for the identity of the ``table`` of the configuration, which would recognise ``recognised`` of
    ``number`` runs. ``is_end_certain``: the runs show whether ends are included. ``is_of_ids``: the lines are instead
    of id_template."""

    table: str
    lines: tuple[str, ...]
    recognised: int
    number: int
    is_end_certain: bool
    is_of_ids: bool


@dataclass(frozen=True, slots=True)
class NoMappingFound:
    """Nothing that the runs carry would recognise them."""


@dataclass(frozen=True, slots=True)
class ClusterAway:
    """The cluster did not list its runs; another probe says why."""


@dataclass(frozen=True, slots=True)
class SharedRuns:
    """The filters of two clusters find the same ``number`` runs."""

    cluster: str
    other: str
    number: int
    example: str


@dataclass(frozen=True, slots=True)
class FiltersApart:
    """The filters of these clusters find no run twice."""

    clusters: tuple[str, ...]


MappingFact = (
    RecentRunRows | RunsUnrecognised | MappingProposed | NoMappingFound | ClusterAway | SharedRuns | FiltersApart
)
