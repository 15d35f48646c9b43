"""Queues the one message that a person has asked for by ``notify``: a customer is complete, or needs a person.

The message is recorded first and the subscription ended afterwards. If the bot dies in between, the next call finds
the message by its key and does not record it again.
"""

from collections.abc import Sequence

from bot.computing import compute
from bot.fleet.alerts.escalation import stories
from bot.fleet.notifications.direct_messages import direct_message
from bot.fleet.notifications.personal import CustomerAlert, CustomerComplete, PersonalNote
from bot.fleet.runs.run import Run
from bot.fleet.status.completion import CountPatience, backfills_of
from bot.model import Episode, JournalEntry, State, Subscription
from bot.services import Services
from bot.usecases.campaigns.scope import services_of


async def subscriptions_of(cluster: str, services: Services) -> list[Subscription]:
    """The subscriptions of people who still wait for a message about a customer of this cluster."""
    waiting = await services.subscriptions.waiting()
    return [each for each in waiting if each.is_personal and is_about_cluster(each, cluster, services)]


def is_about_cluster(subscription: Subscription, cluster: str, services: Services) -> bool:
    """Whether the subscription waits for news from this cluster: the customer was on this cluster when the person
    subscribed, or this is now the only cluster that expects the customer, who may have moved here."""
    clusters = services.config.clusters
    expecting = [name for name, settings in clusters.items() if subscription.customer in settings.customers]
    return subscription.cluster == cluster or expecting == [cluster]


async def tell_complete(
    cluster: str,
    subscriptions: Sequence[Subscription],
    runs: Sequence[Run],
    patience: CountPatience,
    services: Services,
) -> bool:
    """Queue the message for each person whose customer is complete. The message first waits until counts have proven
    all days, but no longer than ``patience`` allows. ``runs`` are all runs of the cluster, with their doubts. Returns
    whether anybody is told."""
    if not subscriptions:
        return False
    whole = services.config.campaign.window
    names = sorted({each.customer for each in subscriptions})
    backfills = await compute(backfills_of, cluster, names, whole, runs, patience.now)
    complete = {
        backfill.customer: CustomerComplete(
            cluster, backfill.customer, whole, backfill.is_verified, services.now(), shown_campaign(services)
        )
        for backfill in backfills
        if backfill.state is State.COMPLETE and patience.is_over(backfill)
    }
    notes = [(each, complete[each.customer]) for each in subscriptions if each.customer in complete]
    return await _tell(notes, services)


async def tell_alerts(services: Services) -> bool:
    """Queue the message for each person who asked to be told about a customer, if the customer has an open alert on
    the same cluster (``is_about_cluster``) that began to call people after the person asked. An alert does not count
    while it is snoozed, while it is left to a sequence, or while its days wait in the queue. Returns whether anybody
    is told. Asks no cluster."""
    subscriptions = [each for each in await services.subscriptions.waiting() if each.is_personal]
    if not subscriptions:
        return False
    episodes = await services.journal.open_episodes()
    calling = [(e, story.began_to_call(e)) for story in stories(episodes, services.now()) for e in story.waiting]
    notes: list[tuple[Subscription, PersonalNote]] = []
    for each in subscriptions:
        own = await services_of(each.campaign, services)
        fresh = (episode for episode, since in calling if since > each.since and _is_about(each, episode, own))
        if found := next(fresh, None):
            notes.append((each, _alert(found, shown_campaign(own))))
    return await _tell(notes, services)


def shown_campaign(services: Services) -> str:
    """The campaign's name for people; "" while a single one is known."""
    return services.view.campaign.name if services.view else ""


def _is_about(subscription: Subscription, episode: Episode, services: Services) -> bool:
    is_about_customer = episode.customer == subscription.customer and services.is_about(episode)
    return is_about_customer and is_about_cluster(subscription, episode.ref.cluster, services)


def _alert(episode: Episode, campaign: str) -> CustomerAlert:
    return CustomerAlert(episode.ref.cluster, episode.customer, episode.alert_reason, episode.link, campaign)


async def _tell(notes: Sequence[tuple[Subscription, PersonalNote]], services: Services) -> bool:
    if not notes:
        return False
    now = services.now()
    messages = {each.key: each for each in (direct_message(subscription, note) for subscription, note in notes)}
    known = await services.journal.messages(messages)
    fresh = tuple(message for key, message in messages.items() if key not in known)
    await services.journal.record(JournalEntry(messages=fresh), now)
    for subscription, _ in notes:
        await services.subscriptions.mark_notified(subscription, now)
    return True
