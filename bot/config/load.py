"""Reads the environment and backfill.toml, and reports all mistakes at once: where, which key, and what is
expected."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args
from urllib.parse import unquote

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from bot.config.backfill_toml import Config
from bot.config.campaigns import campaign_mistakes
from bot.config.env_file import ENVIRONMENT, EnvFile
from bot.config.environment import NEEDED, Settings
from bot.config.parts import part_mistakes
from bot.config.routes import route_mistakes
from bot.config.toml_lines import line_of
from bot.config.webhooks import webhook_secrets
from bot.errors import ConfigError
from bot.model.transport import Transport

Mistake = tuple[tuple[int | str, ...], str]
FurtherCheck = Callable[[Config], Iterable[Mistake]]


def _no_check(_config: Config) -> Iterable[Mistake]:
    return ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """The whole configuration. ``clickhouse_passwords`` has the password of each cluster, ``codec_auths`` the
    Authorization header of each cluster's codec server that wants one, ``webhook_secrets`` the routing key or URL of
    each webhook, and ``transport`` is how Slack's deliveries arrive."""

    settings: Settings
    config: Config
    clickhouse_passwords: Mapping[str, SecretStr]
    codec_auths: Mapping[str, SecretStr]
    webhook_secrets: Mapping[str, SecretStr]
    transport: Transport = Transport.SOCKET_MODE

    def secrets(self) -> frozenset[str]:
        """All values that must never be shown or logged."""
        settings = self.settings
        ours = (settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret)
        of_others = (*self.clickhouse_passwords.values(), *self.webhook_secrets.values())
        kept = (*ours, settings.clickhouse_password, *of_others)
        of_store = _password_of(settings.database_url)
        headers = [secret.get_secret_value() for secret in self.codec_auths.values()]
        # A text may contain the token without the scheme (as Bearer) before it.
        tokens = [*headers, *(header.split()[-1] for header in headers if header.split())]
        return frozenset(filter(None, (of_store, *tokens, *(secret.get_secret_value() for secret in kept))))


def _password_of(url: str) -> str:
    """The URL's password, decoded; "" without one."""
    user, at, _ = url.partition("://")[2].rpartition("@")
    return unquote(user.partition(":")[2]) if at else ""


def load(
    environ: Mapping[str, str],
    transport: Transport = Transport.SOCKET_MODE,
    env_file: EnvFile | None = None,
    check: FurtherCheck = _no_check,
) -> Loaded:
    """Load the configuration that the environment names. ``environ`` already has the variables of ``env_file``. The
    mistakes in ``env_file`` are reported as well, and messages name the line in it that sets a variable. If
    backfill.toml is a valid Config without ``part_mistakes``, ``check`` looks for further mistakes. Raises
    ConfigError with a line for each mistake."""
    mistakes = list(env_file.mistakes) if env_file else []
    settings = _settings(environ, env_file, mistakes)
    mistakes += _not_given(environ, env_file, transport)
    path = Path(environ.get("BACKFILL_CONFIG") or Settings.model_fields["backfill_config"].default)
    config = _config(path, environ, mistakes, check)
    if settings is None or config is None or mistakes:
        raise ConfigError(mistakes)
    return Loaded(
        settings,
        config,
        clickhouse_passwords=_passwords(config, settings, environ),
        codec_auths=_codec_auths(config, environ),
        webhook_secrets=webhook_secrets(config.webhooks, environ),
        transport=transport,
    )


def mistakes_in(text: str, path: Path, check: FurtherCheck = _no_check) -> list[str]:
    """A line for each mistake in the text of a configuration that will be written to ``path``. Raises
    tomllib.TOMLDecodeError for text that is not TOML. Environment variables that the text names are not looked up,
    because whoever writes the text also sets these variables."""
    found: list[Mistake] = []
    _validated(tomllib.loads(text), None, found, check)
    return [f"{_place(path, text, loc)}: {problem}" for loc, problem in found]


def _settings(environ: Mapping[str, str], env_file: EnvFile | None, mistakes: list[str]) -> Settings | None:
    try:
        return Settings.from_env(environ)
    except ValidationError as exc:
        for error in exc.errors():
            name = str(error["loc"][0])
            expected = Settings.model_fields[name].description
            if error["type"] == "missing":
                mistakes.append(_missing(name, f"expected {expected}", env_file))
            else:
                place = env_file.place_of(name, environ) if env_file else ENVIRONMENT
                mistakes.append(f"{place}: {name.upper()}: {_problem(error)}; expected {expected}")
        return None


def _not_given(environ: Mapping[str, str], env_file: EnvFile | None, transport: Transport) -> list[str]:
    """One mistake if the variable that this transport requires is not set or is blank, else none."""
    name = NEEDED[transport]
    if any(variable.lower() == name and value.strip() for variable, value in environ.items()):
        return []
    return [_missing(name, f"{transport} expects {Settings.model_fields[name].description}", env_file)]


def _missing(name: str, expected: str, env_file: EnvFile | None) -> str:
    hint = f": {env_file.hint}" if env_file else ""
    return f"{ENVIRONMENT}: {name.upper()}: missing; {expected}{hint}"


def _config(path: Path, environ: Mapping[str, str], mistakes: list[str], check: FurtherCheck) -> Config | None:
    try:
        text = path.read_text("utf-8")
        raw = tomllib.loads(text)
    except OSError as exc:
        mistakes.append(f"{path}: cannot be read ({exc.strerror}); expected a file as in backfill.example.toml")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        mistakes.append(f"{path}: not TOML: {exc}; expected a file as in backfill.example.toml")
    else:
        found: list[Mistake] = []
        config = _validated(raw, environ, found, check)
        mistakes += [f"{_place(path, text, loc)}: {problem}" for loc, problem in found]
        return config
    return None


def _validated(
    raw: Mapping[str, Any], environ: Mapping[str, str] | None, mistakes: list[Mistake], check: FurtherCheck
) -> Config | None:
    try:
        config = Config.model_validate(raw, context=environ)
    except ValidationError as exc:
        mistakes += [
            (error["loc"], f"{_problem(error)}{_expectation(error['loc'], error['type'])}")
            for error in _without_item_counts(exc.errors())
            # If ``campaign`` was taken from [[campaigns]], its mistakes are reported there.
            if error["loc"][:1] != ("campaign",) or "campaign" in raw or "campaigns" not in raw
        ]
        return None
    routes = route_mistakes(config.routes, config.clusters, config.webhooks)
    parts = tuple(part_mistakes(config))
    # Without a customer or days, the further check would find the same mistakes again.
    further = (*campaign_mistakes(config), *routes, *(parts or check(config)))
    mistakes += [(loc, f"{problem}{_expectation(loc, '')}") for loc, problem in further]
    return config


def _place(path: Path, text: str, loc: tuple[int | str, ...]) -> str:
    """The place in the form that compilers use: ``backfill.toml:12: workflow.identity.id``."""
    number = line_of(text, loc)
    key = ".".join(str(part) for part in loc) or "(the file)"
    return f"{path}:{number}: {key}" if number else f"{path}: {key}"


def _without_item_counts(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """The errors, without "too few items" about a list whose items have mistakes of their own. Pydantic counts only
    valid items, so such a list may have enough of them."""
    places = [error["loc"] for error in errors]
    return [
        error
        for error in errors
        if error["type"] != "too_short" or not any(_inside(place, error["loc"]) for place in places)
    ]


def _inside(place: tuple[int | str, ...], outer: tuple[int | str, ...]) -> bool:
    return len(place) > len(outer) and place[: len(outer)] == outer


def _passwords(config: Config, settings: Settings, environ: Mapping[str, str]) -> dict[str, SecretStr]:
    variables = {name: cluster.clickhouse.password_env for name, cluster in config.clusters.items()}
    return {
        name: SecretStr(environ[variable]) if variable else settings.clickhouse_password
        for name, variable in variables.items()
    }


def _codec_auths(config: Config, environ: Mapping[str, str]) -> dict[str, SecretStr]:
    codecs = {name: cluster.codec for name, cluster in config.clusters.items() if cluster.codec}
    return {name: SecretStr(environ[codec.auth_env]) for name, codec in codecs.items() if codec.auth_env}


def _problem(error: ErrorDetails) -> str:
    if error["type"] == "missing":
        return "missing"
    if error["type"] == "extra_forbidden":
        return "no such key"
    if error["type"] == "string_pattern_mismatch":
        return "not of the right form"
    return error["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")[:300]


def _expectation(loc: tuple[int | str, ...], kind: str) -> str:
    """The description of the field at ``loc``, or the keys of its section when the key is unknown."""
    model: type[BaseModel] = Config
    expected = "a file as in backfill.example.toml"
    for part in loc[:-1] if kind == "extra_forbidden" else loc:
        field = model.model_fields.get(str(part))
        if field is None:
            continue
        expected = field.description or expected
        model = _model_of(field.annotation) or model
    if kind == "extra_forbidden":
        known = (name for name, field in model.model_fields.items() if not field.deprecated)
        return f"; expected one of {', '.join(known)}"
    return f"; expected {expected}"


def _model_of(annotation: Any) -> type[BaseModel] | None:
    """The section inside an annotation such as ``tuple[TableConfig, ...]``; None without one."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for arg in get_args(annotation) if (m := _model_of(arg))), None)
