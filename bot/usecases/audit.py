"""Who changed what, the latest first: about every customer, or about one."""

from bot.commands import Audit, usage_hint
from bot.errors import UsageError
from bot.fleet.audited import AuditResult
from bot.fleet.directory import find
from bot.model import Actor
from bot.services import Services
from bot.usecases.names import names_of
from bot.usecases.resolve import configured_names, resolve_target

# More does not fit one Slack message.
LATEST = 40


async def audit(command: Audit, actor: Actor, services: Services) -> AuditResult:  # noqa: ARG001
    """The latest records. Raises UsageError for a name that nothing is recorded of and that nobody has."""
    trail = await services.journal.audit(command.target, LATEST)
    if command.target and not trail.records:
        # A customer that has left the configuration keeps its records, so a name is looked up only now.
        await _check_customer(command.target, services)
    return AuditResult(command.target, trail, await names_of({one.user_id for one in trail.records}, services))


async def _check_customer(name: str, services: Services) -> None:
    if any(target.customer for target in find(name, configured_names(services))):
        return
    target = await resolve_target(name, services)
    if not target.customer:
        raise UsageError(f"{target.cluster} is a cluster, not a customer.", usage_hint(Audit))
