"""The [webhooks.NAME] of the configuration: secrets from the environment, and mistakes with their lines."""

from pathlib import Path

import pytest

from bot.config import Loaded, load
from bot.errors import ConfigError
from bot.model import EscalationStep
from tests.config.test_load import GOOD, TOKENS

FIRST = GOOD.count("\n") + 1
SECRETS = {"PD_KEY": "marked-routing-key", "CHAT_URL": "https://chat.example.com/marked-url"}
WEBHOOKS = """[webhooks.pagerduty]
routing_key_env = "PD_KEY"

[webhooks.chat]
url_env = "CHAT_URL"
template = '{"text": "{summary}"}'

[[routes]]
escalate = [{ after = "30m", webhook = "pagerduty" }]
"""


def loaded(file: Path, text: str) -> Loaded:
    file.write_text(GOOD + text)
    return load({**TOKENS, **SECRETS, "BACKFILL_CONFIG": str(file)})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backfill.toml"


def test_webhooks_have_their_secrets_from_the_environment(file: Path) -> None:
    found = loaded(file, WEBHOOKS)

    assert {name: secret.get_secret_value() for name, secret in found.webhook_secrets.items()} == {
        "pagerduty": "marked-routing-key",
        "chat": "https://chat.example.com/marked-url",
    }
    assert set(SECRETS.values()) <= found.secrets()
    assert "marked" not in repr(found.config)
    assert [step.webhook for rule in found.config.routing for step in rule.route.escalate] == ["pagerduty"]


def test_a_step_calls_a_webhook_or_mentions_people(file: Path) -> None:
    (rule,) = loaded(file, WEBHOOKS).config.routing

    (step,) = rule.route.escalate
    assert step == EscalationStep(step.after, webhook="pagerduty")


@pytest.mark.parametrize(
    ("text", "line", "mistake"),
    [
        ('[webhooks.x]\nrouting_key_env = "NOWHERE"', 1, "webhooks.x.routing_key_env: no variable NOWHERE in the"),
        ("[webhooks.x]", 0, "webhooks.x: either routing_key_env, for PagerDuty, or url_env has to be given"),
        (
            '[webhooks.x]\nurl_env = "CHAT_URL"\nrouting_key_env = "PD_KEY"',
            0,
            "webhooks.x: either routing_key_env, for PagerDuty, or url_env",
        ),
        (
            "[webhooks.x]\nrouting_key_env = \"PD_KEY\"\ntemplate = '{}'",
            0,
            "webhooks.x: template has no effect here",
        ),
        ("[webhooks.x]\nurl_env = \"CHAT_URL\"\ntemplate = '{text}'", 2, "webhooks.x.template: no JSON: "),
        (
            '[webhooks.x]\nurl_env = "CHAT_URL"\ntemplate = \'{"text": "{sumary}"}\'',
            2,
            "webhooks.x.template: {sumary} stands for nothing here; known are action,",
        ),
        (
            '[[routes]]\nescalate = [{ after = "30m", webhook = "x" }]',
            1,
            "routes.0.escalate.0.webhook: there is no [webhooks.x]",
        ),
        (
            '[[routes]]\nescalate = [{ after = "30m" }]',
            1,
            "routes.0.escalate.0: either mention or webhook has to be given",
        ),
    ],
)
def test_a_mistake_in_a_webhook_is_told_with_its_line(file: Path, text: str, line: int, mistake: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(file, f"{text}\n")
    (shown,) = caught.value.mistakes

    assert shown.removeprefix(f"{file}:").startswith(f"{FIRST + line}: {mistake}")
