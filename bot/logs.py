"""Logging: structlog for the bot and the libraries alike, one line an event, to stderr."""

import logging
import sys
from collections.abc import Collection
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer

from bot.config import LogFormat, Settings
from bot.log_throttle import LogThrottle
from bot.redaction import redact

# Bolt's many loggers take their level from the one that it is given, or else from the root's.
BOLT = "slack_bolt"
SOCKET_MODE = "slack_sdk.socket_mode"
# These tell every reconnect at INFO; what matters of it reaches us as errors of their calls.
# Of the last ones even the warnings are of no use: errors that reach us as well (one with a traceback for each try
# while a ClickHouse is away), and a token that Bolt does not need.
_QUIET = {
    "alembic": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "slack_sdk": logging.WARNING,
    "temporalio": logging.WARNING,
    "clickhouse_connect": logging.CRITICAL,
    BOLT: logging.ERROR,
}
# An error may repeat megabytes of an answer; a traceback is much shorter.
LONGEST_LINE = 100_000
# Variables may hold tokens and passwords.
_FRAMES = ExceptionDictTransformer(show_locals=False)


def _bare(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Each value by itself, before JSON puts marks into it that would be taken for its own."""
    return {name: _readable(value) for name, value in event.items()}


def _readable(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {str(name): _readable(one) for name, one in value.items()}
    return [_readable(one) for one in value] if isinstance(value, list | tuple | set | frozenset) else value


class _Hiding(structlog.stdlib.ProcessorFormatter):
    """Whatever a line was made of, tracebacks included: no secret is left in it."""

    def __init__(self, secrets: Collection[str], **given: Any) -> None:
        super().__init__(**given)
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record), self._secrets, LONGEST_LINE)


def set_up(settings: Settings, secrets: Collection[str] = ()) -> None:
    """Set the process's logging up, once, before anything is opened; ``secrets`` are hidden wherever they appear."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    as_json = settings.log_format is LogFormat.JSON
    colors = sys.stderr.isatty()
    last: list[structlog.typing.Processor] = (
        [structlog.processors.ExceptionRenderer(_FRAMES), _bare, structlog.processors.JSONRenderer()]
        if as_json
        else [structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback)]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(LogThrottle())
    handler.setFormatter(
        _Hiding(
            secrets,
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(level, least))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
