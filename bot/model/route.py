"""Routes: which channel an alert goes to, whom it mentions, when nobody is mentioned, and what follows while nobody
answers."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.model.state import AlertReason


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The hours of a day in which nobody is mentioned, in a time zone. ``end`` is excluded. If it is before
    ``start``, the hours go past midnight."""

    start: time
    end: time
    timezone: str = "UTC"

    def over_at(self, moment: datetime) -> datetime:
        """The end of the quiet hours that ``moment`` is in, in UTC; ``moment`` itself if it is in none."""
        zone = ZoneInfo(self.timezone)
        local = moment.astimezone(zone)
        if not self._cover(local.time()):
            return moment
        day = local.date() if local.time() < self.end else local.date() + timedelta(days=1)
        return self._end_on(day, zone, moment)

    def _cover(self, at: time) -> bool:
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end

    def _end_on(self, day: date, zone: ZoneInfo, after: datetime) -> datetime:
        end = datetime.combine(day, self.end, zone)
        # Where the clock is set back, the end may exist twice. If the first one has passed at ``after``, the second
        # one ends the quiet hours.
        return max(end.astimezone(UTC), end.replace(fold=1).astimezone(UTC)) if end <= after else end.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """What happens when nobody has answered an alert for the time ``after``: the alert mentions the users and user
    groups of ``mention``, or the bot calls the webhook that ``webhook`` names."""

    after: timedelta
    mention: tuple[str, ...] = ()
    webhook: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """Where an alert goes. An alert keeps the route with which it opened, so it is stored in the alert.

    ``channel`` is "" for the team's channel. ``mention`` are ids of user groups (S…) and users (U…, W…). ``escalate``
    are the steps while nobody answers, each of which is made once.
    """

    channel: str = ""
    mention: tuple[str, ...] = ()
    quiet: QuietHours | None = None
    escalate: tuple[EscalationStep, ...] = ()

    @property
    def calls_later(self) -> bool:
        """Whether the alert may call people after it has been posted: by a step, at the end of quiet hours, or
        because other runs join the alert after somebody has acknowledged it."""
        return bool(self.escalate or self.mention)

    @property
    def everybody(self) -> tuple[str, ...]:
        """All users and user groups that it mentions, at once or later."""
        return (*self.mention, *(each for step in self.escalate for each in step.mention))

    def mention_from(self, moment: datetime) -> datetime:
        """When people may be mentioned: at ``moment``, or at the end of the quiet hours that ``moment`` is in."""
        return self.quiet.over_at(moment) if self.quiet else moment


# The route of alerts that no rule takes.
TO_TEAM = Route()


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """Alerts of these clusters and campaigns with these reasons take the ``route``. An empty set stands for all."""

    route: Route
    clusters: frozenset[str] = frozenset()
    reasons: frozenset[AlertReason] = frozenset()
    campaigns: frozenset[str] = frozenset()

    def takes(self, cluster: str, reason: AlertReason, campaigns: Collection[str] = ()) -> bool:
        """Whether an alert with this cluster and reason, in one of these campaigns, takes the route."""
        of_place = self.takes_cluster(cluster) and self.takes_campaign(campaigns)
        return of_place and (not self.reasons or reason in self.reasons)

    def takes_cluster(self, cluster: str) -> bool:
        """Whether alerts of this cluster may take the route."""
        return not self.clusters or cluster in self.clusters

    def takes_campaign(self, campaigns: Collection[str]) -> bool:
        """Whether alerts of one of these campaigns may take the route."""
        return not self.campaigns or not self.campaigns.isdisjoint(campaigns)

    def takes_all_of(self, other: "RoutingRule") -> bool:
        """Whether every alert that ``other`` takes is taken by this rule too."""
        return (
            _covers(self.clusters, other.clusters)
            and _covers(self.reasons, other.reasons)
            and _covers(self.campaigns, other.campaigns)
        )


def _covers(names: frozenset[str], others: frozenset[str]) -> bool:
    """Whether ``names`` contains all of the ``others``. An empty set stands for all names."""
    return not names or (bool(others) and others <= names)


def route_of(
    cluster: str, reason: AlertReason, rules: Iterable[RoutingRule], campaigns: Collection[str] = ()
) -> Route:
    """The route of the first rule that takes an alert with this cluster and reason, in one of these campaigns. If no
    rule takes it, the alert goes to the team's channel and mentions nobody."""
    return next((rule.route for rule in rules if rule.takes(cluster, reason, campaigns)), TO_TEAM)


def channels_of(clusters: Iterable[str], campaign: str, rules: Sequence[RoutingRule]) -> dict[str, frozenset[str]]:
    """The channels, except the team's, that get the announcements about these clusters in this campaign, each with
    its clusters."""
    found: dict[str, frozenset[str]] = {}
    for cluster in clusters:
        if channel := announcement_channel(cluster, campaign, rules):
            found[channel] = found.get(channel, frozenset()) | {cluster}
    return found


def announcement_channel(cluster: str, campaign: str, rules: Iterable[RoutingRule]) -> str:
    """The channel of announcements about a cluster; "" for the team's. It is the channel of the first rule that takes
    all alerts of the cluster in this campaign, whatever their reason. With ``cluster`` "", announcements are about
    the whole campaign, and only rules that name campaigns and no clusters count."""
    for rule in rules:
        is_about = rule.takes_cluster(cluster) if cluster else bool(rule.campaigns) and not rule.clusters
        if is_about and not rule.reasons and rule.takes_campaign({campaign}):
            return rule.route.channel
    return ""
