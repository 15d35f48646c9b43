"""FakeWebhooks: webhooks in memory, tested against the contract of ``bot.ports.Webhooks``."""

from dataclasses import dataclass, field

from bot.errors import DependencyError, Refused
from bot.model import PageCall


@dataclass
class FakeWebhooks:
    """Keeps what was received; ``away`` is raised by every call while it is set, and the next calls are received and
    answered with ``lost_replies``."""

    names: tuple[str, ...] = ("pagerduty",)
    received: list[PageCall] = field(default_factory=list)
    away: DependencyError | None = None
    lost_replies: list[DependencyError] = field(default_factory=list)

    async def send(self, webhook: str, call: PageCall) -> None:
        if webhook not in self.names:
            raise Refused(f"Webhook {webhook}", f"there is no [webhooks.{webhook}] in backfill.toml")
        if self.away is not None:
            raise self.away
        self.received.append(call)
        if self.lost_replies:
            raise self.lost_replies.pop()
