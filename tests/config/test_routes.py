"""The [[routes]] of the configuration, and the mistakes that are told with their lines."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.config import load
from bot.errors import ConfigError
from bot.model import AlertReason, EscalationStep, QuietHours, Route, RoutingRule
from tests.config.test_load import GOOD, TOKENS

FIRST = GOOD.count("\n") + 1
ROUTES = """[[routes]]
clusters = ["voice-prod"]
reasons = ["heartbeat timeout"]
channel = "C0VOICE"
mention = ["S0ONCALL", "U0OLIVIA"]
quiet = { start = "22:00", end = "07:00", timezone = "Europe/Berlin" }

[[routes]]
mention = ["S0ONCALL"]
"""


def routing(file: Path, text: str) -> tuple[RoutingRule, ...]:
    file.write_text(GOOD + text)
    return load({**TOKENS, "BACKFILL_CONFIG": str(file)}).config.routing


def mistakes(file: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        routing(file, text)
    return [mistake.removeprefix(f"{file}:") for mistake in caught.value.mistakes]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backfill.toml"


def test_routes_are_read_in_order(file: Path) -> None:
    night = QuietHours(time(22), time(7), "Europe/Berlin")
    voice = Route("C0VOICE", ("S0ONCALL", "U0OLIVIA"), night)
    reasons = frozenset({AlertReason.HEARTBEAT_TIMEOUT})

    assert routing(file, ROUTES) == (
        RoutingRule(voice, frozenset({"voice-prod"}), reasons),
        RoutingRule(Route("", ("S0ONCALL",))),
    )


def test_a_route_may_be_for_campaigns_also_for_those_that_are_opened_later(file: Path) -> None:
    (rule,) = routing(file, '[[routes]]\ncampaigns = ["march"]\nchannel = "C0MARCH"\n')

    assert rule == RoutingRule(Route("C0MARCH"), campaigns=frozenset({"march"}))


def test_steps_of_a_route_are_read_in_order(file: Path) -> None:
    (rule,) = routing(
        file,
        """[[routes]]
escalate = [
    { after = "15m", mention = ["S0ONCALL"] },
    { after = "1h", mention = ["S0LEADS", "U0OLIVIA"] },
]
""",
    )

    assert rule.route.escalate == (
        EscalationStep(timedelta(minutes=15), ("S0ONCALL",)),
        EscalationStep(timedelta(hours=1), ("S0LEADS", "U0OLIVIA")),
    )


def test_the_team_channel_by_its_own_id_is_the_team_channel(file: Path) -> None:
    assert routing(file, '[[routes]]\nchannel = "C0BACKFILLS"\n') == (RoutingRule(Route()),)


@pytest.mark.parametrize(
    ("text", "line", "mistake"),
    [
        ('clusters = ["voice"]', 1, "routes.0.clusters.0: there is no [clusters.voice]"),
        ('reasons = ["age"]', 1, "routes.0.reasons.0: Input should be"),
        ('channel = "#voice"', 1, "routes.0.channel: not of the right form"),
        ('mention = ["@olivia"]', 1, "routes.0.mention.0: not of the right form"),
        ('mention = ["S1"]\nquiet = { start = "10pm", end = "07:00" }', 2, "routes.0.quiet.start: '10pm' is no time"),
        (
            'mention = ["S1"]\nquiet = { start = "07:00", end = "07:00" }',
            2,
            "routes.0.quiet.end: the hours begin and",
        ),
        (
            'escalate = [{ after = "15m", mention = [] }]',
            1,
            "routes.0.escalate.0: either mention or webhook",
        ),
        ('escalate = [{ after = 15, mention = ["S1"] }]', 1, "routes.0.escalate.0.after: 15 is not a duration"),
        ('quiet = { start = "22:00", end = "07:00" }', 1, "routes.0.quiet: nobody is mentioned"),
        ("\n[[routes]]\nchannel = 'C1'", 2, "routes.1: no alert takes it: number 1 of the [[routes]]"),
    ],
)
def test_a_mistake_in_a_route_is_told_with_its_line(file: Path, text: str, line: int, mistake: str) -> None:
    (shown,) = mistakes(file, f"[[routes]]\n{text}\n")

    assert shown.startswith(f"{FIRST + line}: {mistake}")
