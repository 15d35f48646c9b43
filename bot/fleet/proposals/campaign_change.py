"""The acts that open, extend, close and reopen campaigns. Pure: the caller finds out first whether work of the
campaign is open."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.commands.campaign import Campaign, CampaignAction
from bot.fleet.campaigns.book import CampaignBook
from bot.fleet.refusals.campaigns import (
    CampaignClosed,
    CampaignExists,
    CampaignInFile,
    CampaignInUse,
    CampaignIsOpen,
    EndBeforeStart,
    SameEnd,
    UnknownCampaign,
)
from bot.fleet.refusals.declined import Declined
from bot.model import CampaignDefinition, KnownCampaign, Window


@dataclass(frozen=True, slots=True)
class ChangeCampaign:
    """Open, extend, close or reopen a campaign. ``before`` is the definition before the change; None if the campaign
    is new. ``in_file``: the configuration file defines the campaign, so the store records only whether it is closed.
    ``stops`` are the customers whose open work is stopped first, as cluster/customer."""

    action: CampaignAction
    after: CampaignDefinition
    before: CampaignDefinition | None = None
    in_file: bool = False
    stops: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The campaign's name."""
        return self.after.name

    @property
    def customer(self) -> str:
        """The campaign's name, which the audit shows in place of a customer."""
        return self.after.name

    @property
    def identity(self) -> list[str]:
        """The act's part of the plan digest. Acts that do the same have equal parts."""
        after = self.after
        names = [*after.tables, "on", *after.clusters, "for", *after.customers]
        of_campaign = [self.action.value, after.name, str(after.window), after.timezone, after.workflow, *names]
        return ["campaign", *of_campaign, *(["stops", *self.stops] if self.stops else [])]

    @property
    def clusters_to_stop(self) -> tuple[str, ...]:
        """The clusters of the customers in ``stops``, each once."""
        return tuple(dict.fromkeys(name.partition("/")[0] for name in self.stops))


@dataclass(frozen=True, slots=True)
class OpenWorkOfCampaign:
    """The customers whose work of the campaign is open or queued, as cluster/customer, and the clusters that did not
    answer."""

    customers: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


def definition_after(command: Campaign, book: CampaignBook) -> CampaignDefinition:
    """The campaign's definition after the command. Raises Declined if the command cannot change the campaign."""
    name, known = command.target, book.find(command.target)
    if command.range is not None:
        return _opened(command, command.range, known, book)
    if known is None:
        raise Declined(UnknownCampaign(name, book.names))
    if command.action is CampaignAction.REOPEN:
        if known.is_open:
            raise Declined(CampaignIsOpen(known.name))
        return known.definition
    if not known.is_open:
        raise Declined(CampaignClosed(known.name))
    return _extended(command, known) if command.end else known.definition


def require_stoppable(command: Campaign, name: str, work: OpenWorkOfCampaign) -> tuple[str, ...]:
    """The customers whose work has to be stopped before the campaign is closed. Raises Declined if a cluster did not
    answer, or if work is open or queued and the command does not stop it."""
    if work.silent or (work.customers and not command.stops):
        raise Declined(CampaignInUse(name, work.customers, work.silent))
    return work.customers


def others_open(book: CampaignBook, name: str) -> Sequence[KnownCampaign]:
    """The other open campaigns, with which the campaign must not overlap."""
    return [campaign for campaign in book.open if campaign.name != name]


def _opened(command: Campaign, days: Window, known: KnownCampaign | None, book: CampaignBook) -> CampaignDefinition:
    if known is not None:
        raise Declined(CampaignExists(known.name, known.is_open))
    model = book.find(command.like) if command.like else None
    if command.like and model is None:
        raise Declined(UnknownCampaign(command.like, book.names))
    like = model.definition if model else CampaignDefinition(command.target, days, book.home.definition.timezone)
    return replace(like, name=command.target, window=days)


def _extended(command: Campaign, known: KnownCampaign) -> CampaignDefinition:
    start, end = known.window.start, command.end
    if known.in_file:
        raise Declined(CampaignInFile(known.name))
    if end is None or end == known.window.end:
        raise Declined(SameEnd(known.name, known.window.end))
    if end <= start:
        raise Declined(EndBeforeStart(known.name, start, end))
    return replace(known.definition, window=Window(start, end))
