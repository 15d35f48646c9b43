"""Settings: what differs between two deployments of the same team, read from the environment; secrets live here."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.sources.utils import parse_env_vars

from bot.model.transport import Transport

# Heroku sets a URL of the last form.
_STORES = ("sqlite+aiosqlite:///", "postgresql://", "postgresql+asyncpg://", "postgres://")


class LogFormat(StrEnum):
    """How log lines are written."""

    CONSOLE = "console"
    JSON = "json"


class LogLevel(StrEnum):
    """The level of the least important lines that are still written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Settings(BaseSettings):
    """Every environment variable the bot reads; a field's description says what is expected of it."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    slack_bot_token: SecretStr = Field(description="the bot token of the Slack app, which begins with xoxb-")
    slack_app_token: SecretStr = Field(
        default=SecretStr(""), description="an app-level token with connections:write, which begins with xapp-"
    )
    slack_signing_secret: SecretStr = Field(
        default=SecretStr(""), description="the signing secret of the Slack app, from its Basic Information page"
    )
    listen_host: str = Field(default="0.0.0.0", description="the address to listen on, as 0.0.0.0 or 127.0.0.1")
    port: int = Field(default=3000, ge=0, le=65535, description="the port to listen on, from 0 to 65535")
    slack_api_url: str = Field(
        default="https://slack.com/api/", description="the base URL of the Slack Web API, ending in /api/"
    )
    backfill_config: Path = Field(default=Path("backfill.toml"), description="the path of backfill.toml")
    database_url: str = Field(
        default="sqlite+aiosqlite:///backfill-bot.db",
        # It may hold a password.
        repr=False,
        description="the store, as sqlite+aiosqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE",
    )
    clickhouse_password: SecretStr = Field(
        default=SecretStr(""),
        description="the ClickHouse password of every cluster that names no password_env of its own",
    )
    temporal_config_file: Path | None = Field(
        default=None, description="the path of Temporal's configuration file, for clusters that name a profile of it"
    )
    log_format: LogFormat = Field(default=LogFormat.JSON, description="console or json")
    log_level: LogLevel = Field(default=LogLevel.INFO, description="debug, info, warning or error")

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: SecretStr) -> SecretStr:
        return _beginning(value, "xoxb-")

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, value: SecretStr) -> SecretStr:
        return _beginning(value, "xapp-") if value else value

    @field_validator("slack_api_url")
    @classmethod
    def _api_url(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("not an http(s) URL")
        return value.rstrip("/") + "/"

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if not value.startswith(_STORES):
            raise ValueError("not a URL of a supported store")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Use only the arguments that ``from_env`` passes; pydantic must not read the environment or .env by
        itself."""
        return (init_settings,)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read the variables of this mapping; empty ones count as absent. Raises pydantic's ValidationError."""
        source = EnvSettingsSource(cls)
        source.env_vars = parse_env_vars(environ, ignore_empty=True)
        return cls(**source())


# For each transport, the variable that it needs and the other transport does not.
NEEDED = {Transport.SOCKET_MODE: "slack_app_token", Transport.HTTP: "slack_signing_secret"}


def _beginning(value: SecretStr, prefix: str) -> SecretStr:
    if not value.get_secret_value().startswith(prefix):
        raise ValueError("another kind of token")
    return value
