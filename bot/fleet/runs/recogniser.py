"""Recognises runs: reads the customer and the days of each by the mapping of its workflow definition.

Nothing is guessed. A run that its mapping does not recognise has no identity, and is counted and listed as such.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

from bot.fleet.runs.identity import Identity, Recognised, Source
from bot.fleet.runs.mapping import IdentityMapping
from bot.model import Execution, Window


@dataclass(frozen=True, slots=True)
class Recogniser:
    """Recognises the runs of all clusters. ``mappings`` are by cluster and workflow type. If these do not recognise a
    run, two kinds of other recognisers are tried: ``others`` recognise it by an id that contains the name of another
    campaign, and ``in_zones`` by days that begin in another time zone. Each recogniser in ``in_zones`` has its own
    ``days``: the days that the campaigns of its zone fill. It recognises only runs with some of these days."""

    mappings: Mapping[str, Mapping[str, IdentityMapping]]
    others: tuple["Recogniser", ...] = ()
    in_zones: tuple["Recogniser", ...] = ()
    days: tuple[Window, ...] = ()

    @classmethod
    def of(cls, clusters: Collection[str], types: Collection[str], mapping: IdentityMapping) -> Self:
        """A recogniser with the same mapping for all these types on all these clusters."""
        return cls({cluster: dict.fromkeys(types, mapping) for cluster in clusters})

    def identify(self, execution: Execution) -> Identity | None:
        """The customer and the days of a run; None if it is not recognised."""
        recognised = self.recognise(execution)
        return recognised.identity if recognised else None

    def own_identity(self, execution: Execution) -> Identity | None:
        """The identity in a run's own data: by the mapping of its type, or else by any mapping of its cluster. An
        identity whose days are in the id of the parent does not count, because those are the parent's days."""
        own = self.mapping_of(execution)
        mappings = [own] if own else self.mappings.get(execution.ref.cluster, {}).values()
        readings = [recognised for mapping in mappings if (recognised := mapping.recognise(execution))]
        found = next((each.identity for each in readings if each.days_source is not Source.PARENT), None)
        in_zones = (other._filled(other.own_identity(execution)) for other in self.in_zones)
        return found or next(filter(None, in_zones), None)

    def customer_of(self, execution: Execution) -> str:
        """The customer of a run; "" for a run that is not recognised."""
        identity = self.identify(execution)
        return identity.customer if identity else ""

    def recognise(self, execution: Execution) -> Recognised | None:
        """The identity of a run and the sources from which it was read; None if the run is not recognised."""
        mapping = self.mapping_of(execution)
        recognised = mapping.recognise(execution) if mapping else None
        if recognised or not (self.others or self.in_zones):
            return recognised
        by_other = (other.recognise(execution) for other in self.others)
        by_id = next((found for found in by_other if found and Source.ID in found.sources), None)
        if by_id:
            return by_id
        # This is no guess: the times in the run are the beginnings of days in the other zone, and not in its own.
        by_zone = (other.recognise(execution) for other in self.in_zones)
        pairs = zip(self.in_zones, by_zone, strict=True)
        return next((found for other, found in pairs if found and other._filled(found.identity)), None)

    def reads_inputs(self, cluster: str) -> bool:
        """Whether any definition of this cluster reads the inputs of runs."""
        return any(mapping.input for mapping in self.mappings.get(cluster, {}).values())

    def needs_input(self, execution: Execution) -> bool:
        """Whether the first event of this run has to be read to recognise it."""
        mapping = self.mapping_of(execution)
        return mapping is not None and mapping.needs_input(execution)

    def _filled(self, identity: Identity | None) -> Identity | None:
        """The identity, if it has some of the days that campaigns fill; otherwise None."""
        return identity if identity and any(days.intersection(identity.window) for days in self.days) else None

    def mapping_of(self, execution: Execution) -> IdentityMapping | None:
        """The mapping for the run's workflow type on its cluster; None if no definition there has this type."""
        return self.mappings.get(execution.ref.cluster, {}).get(execution.workflow_type)
