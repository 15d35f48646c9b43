"""Finds what speaks against a completed run, in the run itself and in the earlier links of its chain."""

import asyncio
from contextlib import suppress

from bot.errors import NotFound, Unavailable
from bot.fleet.runs.chains import chain_key
from bot.fleet.runs.close_facts import Unread, passes_on_cancel, unread
from bot.fleet.runs.complete_when import own_doubt
from bot.model import Doubt, DoubtReason, Execution, ExecutionStatus
from bot.services import Services
from bot.usecases.observe.past import ledger_limit

# Temporal is asked about at most this many links of a chain. After the bot was away, thousands may not be read, and
# whoever follows a run has to send a heartbeat in between.
MOST_ASKED = 50


async def doubt_about(run: Execution, services: Services, cancelled: Execution | None = None) -> Doubt | None:
    """What speaks against a completed run; None if nothing does, or if the run has not completed. Later runs of the
    same days, and counts, are not considered. ``cancelled`` is an earlier link of the run's chain that continued as
    new after somebody had asked it to cancel; None if the caller knows no such link. Raises DependencyError while it
    is not known whether there is one."""
    if run.status is not ExecutionStatus.COMPLETED:
        return None
    if doubt := own_doubt(run, services.conditions.get(run.workflow_type)):
        return doubt
    is_cancelled = cancelled or any(map(passes_on_cancel, await earlier_links(run, services)))
    return Doubt(DoubtReason.CANCEL_REQUESTED) if is_cancelled else None


async def earlier_links(run: Execution, services: Services) -> tuple[Execution, ...]:
    """The earlier links of the run's chain, oldest first, as the run history has them. If the run history lacks the
    first link, Temporal is asked about it. Temporal is also asked about each unread link: the run history does not
    tell yet whether somebody had asked that link to cancel. Raises DependencyError if the store or Temporal does not
    answer, or while there are more than ``MOST_ASKED`` unread links."""
    first = chain_key(run)
    if first == run.ref:
        return ()
    try:
        async with asyncio.timeout(ledger_limit(services)):
            recalled = await services.ledger.recall_customer(run.ref.cluster, services.recogniser.customer_of(run))
    except TimeoutError as exc:
        raise Unavailable("store", "no answer in time about the earlier links of a chain") from exc
    links = {link.ref: link for link in recalled.executions if chain_key(link) == first and link.ref != run.ref}
    unknown = [ref for ref, link in links.items() if link.status.continues and unread(link) is Unread.WAITS]
    if len(unknown) > MOST_ASKED:
        raise Unavailable(run.ref.cluster, f"{len(unknown)} earlier runs of {run.ref.workflow_id} are not read yet")
    for ref in unknown if first in links else (first, *unknown):
        # Of a link that Temporal has removed, nothing more is known.
        with suppress(NotFound):
            links[ref] = (await services.clusters[ref.cluster].engine.describe(ref)).execution
    return tuple(sorted(links.values(), key=lambda link: link.started_at))
