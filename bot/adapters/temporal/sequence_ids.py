"""The workflow ids that the sequences of one campaign, or of all campaigns, may have.

A campaign that ``keeps_plain_ids`` gives its sequences plain ids, which do not contain the name of the campaign. The
sequences of other campaigns have ids that contain it. A change of the configuration can give the plain ids to another
campaign, or let another cluster share the namespace. New sequences then get ids of another form, but an open sequence
keeps its id. So the bot looks for a sequence under each form.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.adapters.temporal import names
from bot.adapters.temporal.sequence_memo import read_standing
from bot.model import CampaignScope, Execution, SequenceStanding


@dataclass(frozen=True, slots=True)
class SequenceIds:
    """The ids on one cluster. ``is_shared`` is whether other clusters use the same namespace. ``scope`` is the
    campaign; None stands for all campaigns, and then ``of`` returns only the id that contains no campaign."""

    cluster: str
    is_shared: bool
    scope: CampaignScope | None = None

    def of(self, customer: str) -> tuple[str, ...]:
        """The workflow ids that the customer's sequence may have. A new sequence gets the first of them."""
        plain = names.sequence_id(customer, self._shared)
        if self.scope is None:
            return (plain,)
        own = names.sequence_id(customer, self.cluster, self.scope.name)
        return (plain, own) if self.scope.keeps_plain_ids else (own, plain)

    def earlier(self, customer: str) -> Iterator[str]:
        """The ids under which an older sequence of the customer may still be open. The id that a new sequence gets is
        not among them. While a sequence is open under one of these ids, no new one may start."""
        yield from self.of(customer)[1:]
        if self.is_shared:
            yield names.sequence_id(customer)

    def blocks(self, execution: Execution) -> bool:
        """Whether ``execution`` is an open sequence of the campaign, so that no new sequence may start. The id of
        ``execution`` is one of those that ``earlier`` yields."""
        if not execution.status.is_open:
            return False
        return any(self._owned(read_standing(execution, cluster)) for cluster in {"", self._shared})

    def read(self, execution: Execution) -> SequenceStanding | None:
        """The sequence of a run; None if the run is no sequence of this cluster and campaign."""
        return self._owned(read_standing(execution, self._shared))

    @property
    def _shared(self) -> str:
        return self.cluster if self.is_shared else ""

    def _owned(self, standing: SequenceStanding | None) -> SequenceStanding | None:
        if standing is None or self.scope is None or self.scope.owns(standing.campaign):
            return standing
        return None
