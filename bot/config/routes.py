"""The [[routes]] of backfill.toml: to which channel alerts go, whom they mention and at which hours, and what follows
while nobody answers."""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import time
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from bot.config.cluster import ClusterName
from bot.config.section import Name, Section, Span, Zone
from bot.config.slack import ChannelId, Mention
from bot.model import AlertReason, EscalationStep, QuietHours, Route, RoutingRule

_REASONS = ", ".join(f'"{reason}"' for reason in AlertReason)


def _time_of_day(value: Any) -> time:
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return time.fromisoformat(value)
    if isinstance(value, time) and value.tzinfo is None:
        return value
    raise ValueError(f"{value!r} is no time of day such as 22:00")


TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]


class Quiet(Section):
    """Hours of each day in which nobody is mentioned."""

    start: TimeOfDay = Field(description='the time from which nobody is mentioned, as "22:00"')
    end: TimeOfDay = Field(description='the time from which people are mentioned again, as "07:00"')
    timezone: Zone = Field(default="UTC", description="the time zone of both, as UTC or Europe/Berlin")

    @field_validator("end")
    @classmethod
    def _some_hours(cls, end: time, info: ValidationInfo) -> time:
        if end == info.data.get("start"):
            raise ValueError("the hours begin and end at the same time: leave out mention instead")
        return end

    @property
    def hours(self) -> QuietHours:
        """The hours as a value."""
        return QuietHours(self.start, self.end, self.timezone)


class StepConfig(Section):
    """One step of escalate: what happens when an alert has been open for ``after`` and nobody has answered it."""

    after: Span = Field(description='a time since the alert opened, as "15m"')
    mention: tuple[Mention, ...] = Field(
        default=(), description="ids of user groups and users, which begin with S and U"
    )
    webhook: str | None = Field(default=None, description="the name of a [webhooks.NAME]")

    @model_validator(mode="after")
    def _of_one_kind(self) -> "StepConfig":
        if bool(self.mention) == bool(self.webhook):
            raise ValueError("either mention or webhook has to be given")
        return self

    @property
    def step(self) -> EscalationStep:
        """The step as a value."""
        return EscalationStep(self.after, tuple(dict.fromkeys(self.mention)), self.webhook or "")


class RouteConfig(Section):
    """One [[routes]]: which alerts take it, and where they go."""

    clusters: tuple[ClusterName, ...] = Field(
        default=(), description="names of [clusters.NAME]; without it, alerts of all of them"
    )
    campaigns: tuple[Name, ...] = Field(
        default=(), description="names of campaigns, also of those opened from Slack; without it, alerts of all"
    )
    reasons: tuple[AlertReason, ...] = Field(default=(), description=f"some of {_REASONS}; without it, all")
    channel: ChannelId | None = Field(
        default=None, description="the id of a channel, which begins with C; without it, that of [slack]"
    )
    mention: tuple[Mention, ...] = Field(
        default=(), description="ids of user groups and users, which begin with S and U"
    )
    quiet: Quiet | None = Field(default=None, description='a table as { start = "22:00", end = "07:00" }')

    escalate: tuple[StepConfig, ...] = Field(
        default=(), description='steps as { after = "15m", mention = ["S07LEADS"] }, while nobody answers'
    )

    @property
    def mentions_anybody(self) -> bool:
        """Whether the route mentions anybody, at once or in a later step."""
        return bool(self.mention or any(step.mention for step in self.escalate))

    def rule(self, team_channel: str) -> RoutingRule:
        """This route as a rule. ``team_channel`` is the channel of [slack]."""
        channel = self.channel if self.channel and self.channel != team_channel else ""
        quiet, steps = self.quiet.hours if self.quiet else None, tuple(each.step for each in self.escalate)
        route = Route(channel, tuple(dict.fromkeys(self.mention)), quiet, steps)
        return RoutingRule(route, frozenset(self.clusters), frozenset(self.reasons), frozenset(self.campaigns))


def route_mistakes(
    routes: Sequence[RouteConfig], clusters: Collection[str], webhooks: Collection[str]
) -> Iterator[tuple[tuple[int | str, ...], str]]:
    """The place and the text of each mistake: an unknown cluster or webhook, a route that no alert takes, or quiet
    hours of a route that mentions nobody."""
    rules = [route.rule("") for route in routes]
    for number, (route, rule) in enumerate(zip(routes, rules, strict=True)):
        for place, cluster in enumerate(route.clusters):
            if cluster not in clusters:
                yield ("routes", number, "clusters", place), f"there is no [clusters.{cluster}]"
        for place, step in enumerate(route.escalate):
            if step.webhook and step.webhook not in webhooks:
                yield ("routes", number, "escalate", place, "webhook"), f"there is no [webhooks.{step.webhook}]"
        earlier = next((n for n, before in enumerate(rules[:number], 1) if before.takes_all_of(rule)), None)
        if earlier:
            yield ("routes", number), f"no alert takes it: number {earlier} of the [[routes]] takes them all before"
        if route.quiet and not route.mentions_anybody:
            yield ("routes", number, "quiet"), "nobody is mentioned, so there is nothing to be quiet about"
