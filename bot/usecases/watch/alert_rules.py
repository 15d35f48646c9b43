"""The rules by which the alerts of a cluster open, group and end, as configured."""

from bot.fleet.alerts.reconcile import Rules
from bot.services import Services


def alert_rules(cluster: str, services: Services) -> Rules:
    """The same rules for alerts about open and about closed runs."""
    config, alerts = services.config, services.config.alerts
    return Rules(
        alerts.storm, alerts.remind_after, alerts.storm_within, config.routing, config.reasons_on(cluster).switched_on
    )
