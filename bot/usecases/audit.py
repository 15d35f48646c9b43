"""Who changed what, the latest first: everything, or about one customer, or on one cluster."""

from bot.commands import Audit
from bot.fleet.audit import AuditResult
from bot.fleet.name_lookup import find
from bot.services import Services
from bot.usecases.display_names import names_of
from bot.usecases.resolve import configured_names, resolve_target

# More does not fit one Slack message.
LATEST = 40


async def audit(command: Audit, services: Services) -> AuditResult:
    """The latest records. Raises UsageError for a name that nothing is recorded of and that nobody has."""
    trail = await services.journal.audit(command.target, LATEST)
    if command.target and not trail.records and not find(command.target, configured_names(services)):
        # A customer that has left the configuration keeps its records, so a name is looked up only now.
        await resolve_target(command.target, services)
    return AuditResult(command.target, trail, await names_of({one.user_id for one in trail.records}, services))
