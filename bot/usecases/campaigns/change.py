"""``campaign``: proposes to open, extend, close or reopen a campaign, and records what was confirmed."""

from dataclasses import replace

from bot.commands.campaign import Campaign, CampaignAction
from bot.config import common_days, problem_of
from bot.errors import DependencyError
from bot.fleet.campaigns.book import CampaignBook
from bot.fleet.name_lookup import Target
from bot.fleet.proposals.audit_records import Approval
from bot.fleet.proposals.campaign_change import (
    ChangeCampaign,
    OpenWorkOfCampaign,
    definition_after,
    others_open,
    require_stoppable,
)
from bot.fleet.proposals.proposal import Proposal
from bot.fleet.proposals.warnings import DaysOfNobody
from bot.fleet.queue.campaigns import begun_names
from bot.fleet.refusals.campaigns import CampaignBroken, CampaignOverlaps
from bot.fleet.refusals.declined import Declined
from bot.fleet.status.board import Silent
from bot.fleet.status.queue import QueueSilent
from bot.model import CampaignDefinition, CampaignRecord, JournalEntry
from bot.services import Services
from bot.usecases.campaigns.last_report import last_report
from bot.usecases.campaigns.scope import campaign_book, in_campaign
from bot.usecases.control.context import ask_each, own_part
from bot.usecases.fan_out import ask_all
from bot.usecases.observe.open_work import open_work_on
from bot.usecases.queue.standing import standing


async def campaign(command: Campaign, services: Services) -> Proposal:
    """Propose the change of the campaign. Raises Declined if the campaign cannot be changed in this way, if another
    open campaign fills the same days, or if the configuration lacks what the campaign needs. To close a campaign,
    also raises Declined if a cluster does not answer, or if the campaign has open work that the command does not
    stop."""
    book = await campaign_book(services)
    after = definition_after(command, book)
    known = book.find(after.name)
    stops: tuple[str, ...] = ()
    if command.action is CampaignAction.CLOSE:
        stops = require_stoppable(command, after.name, await _open_work(after, book, services))
    else:
        _require_fillable(after, book, services)
    before = known.definition if known else None
    act = ChangeCampaign(command.action, after, before, in_file=known is not None and known.in_file, stops=stops)
    grown = before is not None and after.window.end > before.window.end
    warnings = (DaysOfNobody(after.name),) if grown else ()
    return Proposal(command, Target("", after.name), (act,), warnings=warnings)


def _require_fillable(after: CampaignDefinition, book: CampaignBook, services: Services) -> None:
    """Raises Declined if another open campaign fills the same days of the same customers, or if the configuration
    lacks what this campaign needs."""
    config = services.config
    if problem := problem_of(config, after):
        raise Declined(CampaignBroken(after.name, problem))
    for other in others_open(book, after.name):
        if days := common_days(config, after, other.definition):
            raise Declined(CampaignOverlaps(after.name, other.name, days))


async def _open_work(of: CampaignDefinition, book: CampaignBook, services: Services) -> OpenWorkOfCampaign:
    known = book.find(of.name)
    limited = in_campaign(known, book, services) if known else services

    async def ask(cluster: str) -> list[str]:
        queue = own_part(await standing(cluster, limited), limited)
        if isinstance(queue, QueueSilent):
            raise DependencyError(cluster, queue.why)
        waiting = [each.customer for each in queue.state.queued] if queue else []
        waiting += [each.customer for each in queue.state.starting] if queue else []
        # Listings lag, so sequences that the queue knows are asked for by their ids.
        begun = sorted(begun_names(queue.state)) if queue else []
        asked = await ask_each(cluster, begun, limited)
        waiting += [name for name, sequence in asked.items() if sequence and sequence.status.is_open]
        report = await open_work_on((cluster,), limited)
        if report.silent:
            raise DependencyError(cluster, "no answer")
        names = {*(work.target.customer for work in report.open), *waiting}
        return [f"{cluster}/{name}" for name in sorted(names)]

    answers = await ask_all(ask, tuple(limited.config.clusters), limited)
    silent = tuple(answer.cluster for answer in answers if isinstance(answer, Silent))
    return OpenWorkOfCampaign(tuple(name for each in answers if isinstance(each, list) for name in each), silent)


async def record_campaign(act: ChangeCampaign, given: Approval, services: Services) -> None:
    """Record the change. If the change closes the campaign, also queue its last report. Raises Conflict if somebody
    has changed the campaign meanwhile."""
    root, now = services.root or services, services.now()
    known = {record.name: record for record in await root.journal.campaigns()}.get(act.name)
    is_closing = act.action is CampaignAction.CLOSE
    record = CampaignRecord(
        name=act.name,
        definition=None if act.in_file else act.after,
        changed_by=given.actor.user_id,
        changed_at=now,
        closed_at=now if is_closing else None,
        revision=known.revision if known else 0,
    )
    if known and known.definition and act.in_file:
        record = replace(record, definition=known.definition)
    messages = await last_report(act.name, given.change, services) if is_closing else ()
    await root.journal.record(JournalEntry(campaigns=(record,), messages=messages), now)
