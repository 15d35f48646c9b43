"""The questions of `backfill-bot init`, as values. ``bot.blocks.init_questions`` puts them into words."""

from dataclasses import dataclass
from enum import StrEnum


class Topic(StrEnum):
    """The subject of a question. Without a terminal, a flag answers the question, or an environment variable if the
    answer is a secret. Each value here is also the name of that flag or variable."""

    TEMPORAL = "temporal"
    NAMESPACES = "namespaces"
    CODEC = "codec"
    CODEC_AUTH = "CODEC_AUTH"
    CLICKHOUSE = "clickhouse"
    CLICKHOUSE_USER = "clickhouse-user"
    CLICKHOUSE_PASSWORD = "CLICKHOUSE_PASSWORD"  # noqa: S105  (the name of a variable)
    TIMEZONE = "timezone"
    CLUSTERS_BY = "clusters-by"
    TYPES = "types"
    IDENTITY_FROM = "identity-from"
    CUSTOMERS = "customers-are-right"
    END = "end"
    WHOLE_CAMPAIGN = "whole-campaign"
    CAMPAIGN = "campaign"
    TABLES = "tables"
    CHANNEL = "channel"
    OPERATORS = "operators"
    BOT_TOKEN = "SLACK_BOT_TOKEN"  # noqa: S105  (as above)
    APP_TOKEN = "SLACK_APP_TOKEN"  # noqa: S105  (as above)

    @property
    def is_secret(self) -> bool:
        """Whether the answer is typed without echo. It then has an environment variable instead of a flag."""
        return self.isupper()


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``default`` is the answer that an empty line gives; "" if there is none. If there are
    ``choices``, no other answer is possible.

    ``is_safe``: if nobody can be asked, the default may be taken, because it is usual or because the runs show it.
    ``about`` and ``example`` name the subject, such as a workflow type and one of its runs.
    """

    topic: Topic
    default: str = ""
    choices: tuple[str, ...] = ()
    is_safe: bool = False
    about: str = ""
    example: str = ""

    @property
    def is_list(self) -> bool:
        """Whether an answer may name several of the choices, separated by commas."""
        return self.topic in (Topic.TYPES, Topic.TABLES)
