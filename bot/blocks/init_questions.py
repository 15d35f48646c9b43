"""The questions of `backfill-bot init`, one line each, and the answers that they accept."""

from bot.fleet.onboarding.questions import Question, Topic

_PROMPTS = {
    Topic.TEMPORAL: "Temporal, as host:port, or profile:NAME of Temporal's configuration file",
    Topic.NAMESPACES: "Namespaces, one cluster each, separated by commas",
    Topic.CODEC: "Runs are encrypted. Codec server, as http(s)://host:port without /decode, or none",
    Topic.CODEC_AUTH: "Authorization header for the codec server, not shown; empty for none",
    Topic.CLICKHOUSE: "ClickHouse, as http(s)://host:port, or none",
    Topic.CLICKHOUSE_USER: "ClickHouse user; one that may only read will do",
    Topic.CLICKHOUSE_PASSWORD: "ClickHouse password, not shown; empty for none",
    Topic.TIMEZONE: "Time zone whose days are counted",
    Topic.CLUSTERS_BY: "{about}: are these several clusters, and what tells their runs apart? {example}",
    Topic.TYPES: "Workflow types that fill days, the one that the bot starts first",
    Topic.IDENTITY_FROM: "{about}: {example} tells different days or customers in different places. Which is right?",
    Topic.CUSTOMERS: "Customers read from runs such as {example}: {about}. Are these customers?",
    Topic.END: "{about}: a run says {example}. Is its end included (that day is filled) or excluded?",
    Topic.WHOLE_CAMPAIGN: "{about}: no run tells any day. Does each run fill the whole campaign?",
    Topic.CAMPAIGN: "Campaign, as FIRST..END, the end not filled any more",
    Topic.TABLES: "Tables that prove a backfill",
    Topic.CHANNEL: "Id of the team's Slack channel, which begins with C",
    Topic.OPERATORS: "Ids of the Slack users who may change things, separated by commas",
    Topic.BOT_TOKEN: "Slack bot token, not shown; empty to fill it in later",
    Topic.APP_TOKEN: "Slack app-level token, not shown; empty to fill it in later",
}
_EXPECTED = {
    Topic.TEMPORAL: "host:port, as temporal.example.com:7233, or profile:NAME",
    Topic.NAMESPACES: "names of namespaces, separated by commas",
    Topic.CODEC: "a URL without /decode, as https://codec.example.com, or none",
    Topic.CODEC_AUTH: "the whole header, as Bearer and a token",
    Topic.CLICKHOUSE: "a URL without user and password, as https://clickhouse.example.com:8443, or none",
    Topic.CLICKHOUSE_USER: "the user to log in as",
    Topic.TIMEZONE: "a name such as UTC or Europe/Berlin",
    Topic.CLUSTERS_BY: "one of: {choices}",
    Topic.TYPES: "some of: {choices}",
    Topic.IDENTITY_FROM: "one of: {choices}",
    Topic.CUSTOMERS: "yes or no",
    Topic.END: "included or excluded",
    Topic.WHOLE_CAMPAIGN: "yes or no",
    Topic.CAMPAIGN: "two days, the later one not filled any more, as 2026-01-01..2026-02-21",
    Topic.TABLES: "some of: {choices}",
    Topic.CHANNEL: "a channel id, as C07BACKFILL: it is at the end of the channel's details",
    Topic.OPERATORS: "ids as U07OLIVIA: a person's profile has it under Copy member ID",
    Topic.CLICKHOUSE_PASSWORD: "the password",
    Topic.BOT_TOKEN: "a token that begins with xoxb-",
    Topic.APP_TOKEN: "a token that begins with xapp-",
}


def prompt(question: Question) -> str:
    """``Namespaces, one cluster each [default]: ``."""
    text = _PROMPTS[question.topic].format(about=question.about, example=question.example)
    choices = f" ({', '.join(question.choices)})" if question.choices and not question.is_list else ""
    default = f" [{question.default}]" if question.default else ""
    end = " " if text.endswith("?") and not (choices or default) else ": "
    return f"{text}{choices}{default}{end}"


def expectation(question: Question) -> str:
    """The line about the answers that the question accepts, shown after an answer that it does not accept."""
    return f"  Expected {_expected(question)}."


def unanswered(question: Question, *, is_wrong: bool) -> str:
    """The line about a flag or variable that is missing or wrong, if nobody can be asked."""
    name = question.topic.value if question.topic.is_secret else f"--{question.topic.value}"
    about = f" ({_PROMPTS[question.topic].format(about=question.about, example=question.example)})"
    problem = "not of the right form" if is_wrong else "missing"
    return f"{name}: {problem}; expected {_expected(question)}{about if question.about else ''}"


def flag_help(topic: Topic) -> str:
    """Which values the topic's flag takes, as argparse shows it: each ``%`` is doubled."""
    return _EXPECTED[topic].format(choices="the proposed ones").replace("%", "%%")


def _expected(question: Question) -> str:
    return _EXPECTED[question.topic].format(choices=", ".join(question.choices))
