"""Reads the latest records of the audit, newest first: about everything, about one customer, or about one cluster."""

from bot.commands import Audit
from bot.commands.spelling import spells
from bot.fleet.audit import AuditResult
from bot.fleet.name_lookup import Target, find
from bot.services import Services
from bot.usecases.display_names import names_of
from bot.usecases.resolve import configured_names, resolve_target

# More records do not fit into one Slack message.
LATEST = 40


async def audit(command: Audit, services: Services) -> AuditResult:
    """The ``LATEST`` records about the typed name, or about everything if none was typed, with the display names of
    the people in them. Raises Declined for a name that is neither in the audit, nor in the configuration, nor on any
    cluster."""
    trail = await services.journal.audit(command.target, LATEST, command.campaign)
    if command.target and not trail.records:
        # The name is checked only if there are no records, because customers that have left the configuration keep
        # their records.
        known = find(command.target, configured_names(services)) or [await resolve_target(command.target, services)]
        trail = await services.journal.audit(_name_of(known[0], command.target), LATEST, command.campaign)
    return AuditResult(command.target, trail, await names_of({record.user_id for record in trail.records}, services))


def _name_of(target: Target, text: str) -> str:
    """The name to look for in the audit, spelled as it is recorded: ``CLUSTER/CUSTOMER`` or the cluster, if the
    person typed that; otherwise the customer, on all clusters."""
    return str(target) if spells(text, str(target)) else target.customer
