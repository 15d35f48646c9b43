"""Records who gets a direct message when a customer is complete or needs a person."""

from bot.commands import Notify
from bot.commands.spelling import spells
from bot.fleet.name_lookup import Target
from bot.fleet.refusals.declined import Declined
from bot.fleet.refusals.requests import ClusterGiven
from bot.fleet.status.board import ClusterRow, Silent
from bot.fleet.status.notify import NothingToAwait, NotifyResult, Subscribed, Unsubscribed
from bot.model import Actor, Episode, State, Subscription
from bot.services import Services
from bot.usecases.board import row_of_customer
from bot.usecases.campaigns.choice import in_default_campaign
from bot.usecases.fan_out import ask_all
from bot.usecases.resolve import resolve_target
from bot.usecases.watch.subscribers import shown_campaign

_NOTHING_TO_COME = (State.COMPLETE, State.NOT_APPLICABLE)


async def notify(command: Notify, actor: Actor, services: Services) -> NotifyResult:
    """Subscribe the person to a customer, in the campaign that the command names or else in the default one. Does not
    subscribe if the customer is complete or has nothing to backfill. ``notify off`` ends the person's subscriptions
    that still wait, in the named campaign or else in all. Raises Declined for a name that is unknown, ambiguous, or a
    cluster's, and if it is unclear which campaign is meant."""
    if command.is_off:
        return await _unsubscribe(command, actor, services)
    services = services if services.view else await in_default_campaign(command, services)
    target = await resolve_target(command.target, services)
    if not target.customer:
        raise Declined(ClusterGiven(command, target.cluster))
    whole = services.config.campaign.window

    async def ask(_cluster: str) -> ClusterRow:
        return await row_of_customer(target, whole, services)

    (answer,) = await ask_all(ask, (target.cluster,), services)
    backfill = None if isinstance(answer, Silent) else answer.customers[0]
    if backfill and backfill.state in _NOTHING_TO_COME:
        return NothingToAwait(backfill)
    now = services.now()
    await services.subscriptions.add(
        Subscription(target.cluster, target.customer, actor.user_id, now, _key(services))
    )
    return Subscribed(target, now, backfill, await _open_alert(target, services), shown_campaign(services))


async def _unsubscribe(command: Notify, actor: Actor, services: Services) -> Unsubscribed:
    """Ends the person's subscriptions that still wait, in the campaign that the command names or in all. A customer
    that is no longer configured can still be named."""
    waiting = [each for each in await services.subscriptions.of(actor.user_id) if each.told_at is None]
    is_in = [each for each in waiting if not command.campaign or each.campaign == _key(services)]
    named = [each for each in is_in if _is_named(each, command.target)]
    for subscription in named:
        await services.subscriptions.remove(subscription)
    return Unsubscribed(tuple(Target(each.cluster, each.customer) for each in named), command.target)


def _key(services: Services) -> str:
    return services.view.key if services.view else ""


def _is_named(subscription: Subscription, text: str) -> bool:
    target = Target(subscription.cluster, subscription.customer)
    return not text or any(spells(text, name) for name in (target.customer, str(target)))


async def _open_alert(target: Target, services: Services) -> Episode | None:
    """The customer's open alert, unless a sequence has taken it over; None if there is no such alert."""
    for episode in await services.journal.open_episodes():
        is_about = (episode.ref.cluster, episode.customer) == (target.cluster, target.customer)
        if is_about and episode.sequence is None and services.is_about(episode):
            return episode
    return None
