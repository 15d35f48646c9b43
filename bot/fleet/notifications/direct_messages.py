"""The direct message that ends a subscription. Its destination is the person's user id."""

from bot.fleet.notifications.notification import dump
from bot.fleet.notifications.personal import PersonalNote
from bot.model import OutboxMessage, Subscription


def direct_message(subscription: Subscription, note: PersonalNote) -> OutboxMessage:
    """The message for the outbox. Its key depends on the subscription alone. So a person gets one message, even if
    several events lead to a message, or if one event is recorded twice."""
    about = f"{subscription.cluster}/{subscription.customer}"
    if subscription.campaign:
        about = f"{about} in {subscription.campaign}"
    key = f"notify:{about}:{subscription.user_id}:{int(subscription.since.timestamp() * 1_000)}"
    return OutboxMessage(key, dump(note), destination=subscription.user_id)


def is_direct(message: OutboxMessage) -> bool:
    """Whether the message goes to one person. Ids of users begin with U or W
    (https://docs.slack.dev/reference/objects/user-object)."""
    return message.destination.startswith(("U", "W"))
