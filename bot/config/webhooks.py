"""The [webhooks.NAME] of backfill.toml: PagerDuty, or any URL that takes JSON."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, model_validator

from bot.config.cluster import EnvVariable, HttpUrl
from bot.config.section import Section
from bot.model.page import FIELDS, PLACEHOLDER

PAGERDUTY_URL = "https://events.pagerduty.com/v2/enqueue"
USUAL_TEMPLATE = json.dumps({field: f"{{{field}}}" for field in FIELDS})

WebhookName = Annotated[str, StringConstraints(pattern=r"^[\w.-]{1,100}$")]


def _template(text: str) -> str:
    """Refuse a text that is not JSON, and unknown placeholders."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise ValueError(f"no JSON: {exc}") from exc
    unknown = [name for name in PLACEHOLDER.findall(json.dumps(content)) if name not in FIELDS]
    if unknown:
        raise ValueError(f"{{{unknown[0]}}} stands for nothing here; known are {', '.join(FIELDS)}")
    return text


Template = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_template)]


class WebhookConfig(Section):
    """One [webhooks.NAME]. With ``routing_key_env`` it is PagerDuty, with ``url_env`` any URL."""

    routing_key_env: EnvVariable = Field(
        default=None, description="the name of an environment variable that is set to PagerDuty's integration key"
    )
    pagerduty_url: HttpUrl = Field(default=PAGERDUTY_URL, description="the URL of PagerDuty's Events API v2")
    url_env: EnvVariable = Field(
        default=None, description="the name of an environment variable that is set to the URL to call"
    )
    template: Template = Field(
        default=USUAL_TEMPLATE, description='JSON with placeholders in its texts, as \'{"text": "{summary}"}\''
    )

    @model_validator(mode="after")
    def _of_one_kind(self) -> "WebhookConfig":
        if bool(self.routing_key_env) == bool(self.url_env):
            raise ValueError("either routing_key_env, for PagerDuty, or url_env has to be given")
        unused = "template" if self.routing_key_env else "pagerduty_url"
        if unused in self.model_fields_set:
            raise ValueError(f"{unused} has no effect here")
        return self

    @property
    def secret_env(self) -> str:
        """The name of the environment variable with its routing key or URL."""
        return self.routing_key_env or self.url_env or ""


def webhook_secrets(webhooks: Mapping[str, WebhookConfig], environ: Mapping[str, Any]) -> dict[str, SecretStr]:
    """The routing key or URL of each webhook."""
    return {name: SecretStr(environ[webhook.secret_env]) for name, webhook in webhooks.items()}
