"""Proposals for several customers, which a person sees in one dialog and confirms with one reason.

Each customer has a proposal and a plan digest of its own. So if a customer's proposal changes before the submission,
that customer is left out, and the other customers are not held up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from bot.commands import Control, ControlRequest
from bot.fleet.name_lookup import Target
from bot.fleet.proposals.proposal import ExecutedProposal, Proposal
from bot.fleet.proposals.sizes import COMMON_SIZES
from bot.fleet.proposals.warnings import ProposalWarning
from bot.fleet.refusals.declined import Refusal

# With up to this many customers, the dialog has a row for each; with more, a summary for each cluster.
MOST_ROWS = 25


@dataclass(frozen=True, slots=True)
class ProposedCustomer:
    """A customer's ``proposal``. If the window size can be changed, ``sizes`` has one proposal for each size that the
    dialog offers, the smallest size first, and ``proposal`` is one of them. Otherwise ``sizes`` is empty."""

    proposal: Proposal
    sizes: tuple[Proposal, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerLeftOut:
    """A customer for which there is nothing to do, or nothing can be done now."""

    target: Target
    reason: Refusal


@dataclass(frozen=True, slots=True)
class ClusterLeftOut:
    """A cluster that did not answer, and its customers that are therefore left out, if they are known."""

    cluster: str
    why: str
    customers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BulkProposal:
    """What a command would do for each of several customers, in the order in which they are shown. ``slots`` is how
    many windows run at once on each cluster."""

    command: ControlRequest
    customers: tuple[ProposedCustomer, ...]
    left_out: tuple[CustomerLeftOut, ...] = ()
    silent: tuple[ClusterLeftOut, ...] = ()
    warnings: tuple[ProposalWarning, ...] = ()
    slots: Mapping[str, int] = field(default_factory=dict)

    @property
    def proposals(self) -> tuple[Proposal, ...]:
        """The proposals with the suggested sizes."""
        return tuple(customer.proposal for customer in self.customers)

    @property
    def clusters(self) -> frozenset[str]:
        """The clusters that the command would change."""
        return frozenset(customer.proposal.target.cluster for customer in self.customers)

    @property
    def has_rows(self) -> bool:
        """Whether the dialog has a row for each customer."""
        return len(self.customers) <= MOST_ROWS

    @property
    def kept(self) -> "KeptDialog":
        """What the store keeps while the dialog is open."""
        shown = (KeptCustomer(p.target.cluster, p.target.customer, p.shown) for p in self.proposals)
        return KeptDialog(_CONTROL.validate_python(self.command), tuple(shown))


@dataclass(frozen=True, slots=True)
class KeptCustomer:
    """A customer in an open dialog. ``shown`` is the plan digest of the proposal that the dialog shows for the
    customer."""

    cluster: str
    customer: str
    shown: str

    @property
    def target(self) -> Target:
        """The customer."""
        return Target(self.cluster, self.customer)


@dataclass(frozen=True, slots=True)
class KeptDialog:
    """The command of an open dialog, and its customers in the order of the rows."""

    command: Control
    customers: tuple[KeptCustomer, ...]


@dataclass(frozen=True, slots=True)
class ChosenCustomer:
    """A customer whose row is still ticked. ``days`` is the window size that the person chose, None for the suggested
    one."""

    kept: KeptCustomer
    days: int | None = None


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """The result of a confirmed dialog.

    ``executed`` has what was done. If the proposals of some customers had changed, nothing was done for these
    customers, and ``changed`` proposes the command for them anew; else it is None. ``left_out`` are customers for
    which the command could no longer be done, and ``silent`` are clusters that did not answer.
    """

    command: ControlRequest
    executed: tuple[ExecutedProposal, ...]
    left_out: tuple[CustomerLeftOut, ...] = ()
    silent: tuple[ClusterLeftOut, ...] = ()
    changed: BulkProposal | None = None


_CONTROL: TypeAdapter[Control] = TypeAdapter(Control)
_ADAPTER: TypeAdapter[KeptDialog] = TypeAdapter(KeptDialog)


def dump(dialog: KeptDialog) -> str:
    """The JSON for the store."""
    return _ADAPTER.dump_json(dialog).decode()


def parse(body: str) -> KeptDialog:
    """Read the JSON back. Raises pydantic's ValidationError for anything that ``dump`` did not write."""
    return _ADAPTER.validate_json(body)


def sizes_for_all(bulk: BulkProposal) -> tuple[int, ...]:
    """The sizes that a person may choose for all customers together."""
    campaign_days = max((p.plan.whole.days for p in bulk.proposals if p.plan), default=0)
    return tuple(days for days in COMMON_SIZES if days <= campaign_days)
