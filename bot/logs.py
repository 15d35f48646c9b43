"""Logging to stderr, one line for each event, by structlog for the bot and for libraries."""

import logging
import sys
from collections.abc import Collection
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer

from bot.config import LogFormat, Settings
from bot.log_throttle import LogThrottle
from bot.redaction import redact

# Bolt's many loggers take their level from the logger that Bolt is given, or else from the root logger.
BOLT = "slack_bolt"
SOCKET_MODE = "slack_sdk.socket_mode"
# These libraries log every reconnect at INFO; failures reach the bot as errors of its calls anyway. The warnings of
# the last two say nothing more: clickhouse_connect adds a traceback to each try while a ClickHouse is away, and Bolt
# warns that it has no token, which it does not need.
_LEAST_LEVEL = {
    "alembic": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "slack_sdk": logging.WARNING,
    "temporalio": logging.WARNING,
    "clickhouse_connect": logging.CRITICAL,
    BOLT: logging.ERROR,
}
# Characters. An error may repeat megabytes of an answer; a traceback is much shorter.
LONGEST_LINE = 100_000
# No local variables in tracebacks: they may hold tokens and passwords.
_FRAMES = ExceptionDictTransformer(show_locals=False)


def _redact_values(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Redact each value before JSON adds quotes and escapes, because redaction would take these for parts of the
    value."""
    return {name: _redacted(value) for name, value in event.items()}


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {str(name): _redacted(item) for name, item in value.items()}
    return [_redacted(item) for item in value] if isinstance(value, list | tuple | set | frozenset) else value


class _RedactingFormatter(structlog.stdlib.ProcessorFormatter):
    """Redacts the finished line, tracebacks included."""

    def __init__(self, secrets: Collection[str], **options: Any) -> None:
        super().__init__(**options)
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record), self._secrets, LONGEST_LINE)


def set_up(settings: Settings, secrets: Collection[str] = ()) -> None:
    """Set up logging once, before anything is opened. ``secrets`` are hidden wherever they appear."""
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
        [structlog.processors.ExceptionRenderer(_FRAMES), _redact_values, structlog.processors.JSONRenderer()]
        if as_json
        else [structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback)]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(LogThrottle())
    handler.setFormatter(
        _RedactingFormatter(
            secrets,
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name, least in _LEAST_LEVEL.items():
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
