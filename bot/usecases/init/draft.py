"""Runs `backfill-bot init` step by step: asks where the systems are, surveys runs and tables, and asks what only a
person knows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.config import ClickHouseAddress, SlackConfig, TemporalAddress
from bot.fleet.onboarding.definitions import TypeSurvey, survey_types
from bot.fleet.onboarding.draft import Draft, draft_definitions, propose_campaign
from bot.fleet.onboarding.facts import TokensMissing
from bot.fleet.onboarding.questions import Question, Topic
from bot.fleet.onboarding.tables import Candidate
from bot.model import Window
from bot.usecases.init.clusters import ask_clusters, draft_cluster
from bot.usecases.init.codec import survey_through_codec
from bot.usecases.init.definitions import ask_definitions, tell_definitions
from bot.usecases.init.interview import Interview, ask
from bot.usecases.init.survey import survey_tables
from bot.usecases.init.systems import Systems
from bot.usecases.init.tables import ask_warehouse

PROFILE = "profile:"
NO_CLICKHOUSE = "none"
TOKENS = {Topic.BOT_TOKEN: "xoxb-", Topic.APP_TOKEN: "xapp-"}


@dataclass(frozen=True, slots=True)
class Answered:
    """The draft, and the secrets by the names of their environment variables."""

    draft: Draft
    secrets: Mapping[str, str] = field(repr=False)


async def draft_configuration(interview: Interview, systems: Systems) -> Answered:
    """Ask the person and survey the systems. Changes nothing."""
    addresses = _ask_temporal(interview)
    clickhouse = _ask_clickhouse(interview)
    zone = ask(interview, Question(Topic.TIMEZONE, "UTC", is_safe=True), _zone)
    runs, codec = await survey_through_codec(addresses, interview, systems)
    candidates: tuple[Candidate, ...] = ()
    if clickhouse:
        candidates = await survey_tables(systems.catalog(*clickhouse), interview)
    known = frozenset().union(*(each.customers for each in candidates))
    clusters = ask_clusters(addresses, runs, known, zone, interview)
    surveys, whole = ask_definitions(survey_types(clusters.runs, known, runs.registered, zone), interview)
    drafts = draft_definitions(surveys, whole=whole, beginning=clusters.beginning)
    tell_definitions(drafts, surveys, interview)
    customers = {customer for survey in surveys for customer in survey.customers_by_run() if customer}
    warehouse = ask_warehouse(clickhouse[0], candidates, customers, interview) if clickhouse else None
    draft = Draft(
        timezone=str(zone),
        clusters=tuple(
            replace(draft_cluster(name, clusters, surveys, drafts), codec=codec.endpoint, codec_auth=codec.variable)
            for name in clusters.addresses
        ),
        campaign=_ask_campaign(surveys, interview) if drafts else None,
        channel=ask(interview, Question(Topic.CHANNEL), _channel),
        operators=ask(interview, Question(Topic.OPERATORS), _operators),
        definitions=drafts,
        warehouse=warehouse,
    )
    secrets = _ask_tokens(interview, clickhouse[1] if clickhouse else "")
    return Answered(draft, {**secrets, **codec.secrets})


def _ask_tokens(interview: Interview, password: str) -> dict[str, str]:
    """The secrets by their variables in the .env file. A secret that the person does not know yet is ""."""
    tokens = {
        topic.value: ask(interview, Question(topic, is_safe=True), partial(_token, prefix))
        for topic, prefix in TOKENS.items()
    }
    missing = tuple(name for name, value in tokens.items() if not value)
    if missing:
        interview.tell(TokensMissing(missing))
    return {**tokens, Topic.CLICKHOUSE_PASSWORD.value: password}


def _ask_temporal(interview: Interview) -> dict[str, TemporalAddress]:
    """The address of each namespace, by the name of the namespace, or by the profile's name if no namespace is
    given."""
    address = ask(interview, Question(Topic.TEMPORAL, "localhost:7233"), _temporal)
    default = "" if address.profile else "default"
    names = ask(interview, Question(Topic.NAMESPACES, default, is_safe=True), _names)
    if address.profile and not names:
        return {address.profile: address}
    return {name: address.model_copy(update={"namespace": name}) for name in names or (default,)}


def _ask_clickhouse(interview: Interview) -> tuple[ClickHouseAddress, str] | None:
    """The address and the password; None if there is no ClickHouse."""
    address = ask(interview, Question(Topic.CLICKHOUSE, "http://localhost:8123"), _clickhouse)
    if address is None:
        return None
    username = interview.ask(Question(Topic.CLICKHOUSE_USER, "default", is_safe=True)).strip() or "default"
    password = interview.ask(Question(Topic.CLICKHOUSE_PASSWORD, is_safe=True))
    return address.model_copy(update={"username": username}), password


def _ask_campaign(surveys: Sequence[TypeSurvey], interview: Interview) -> Window:
    found = propose_campaign([identity for survey in surveys for identity in survey.identities()])
    return ask(interview, Question(Topic.CAMPAIGN, str(found or ""), is_safe=found is not None), _window)


def _temporal(text: str) -> TemporalAddress:
    """The address in an answer: ``host:port`` or ``profile:NAME``. The namespace is asked for separately."""
    if text.startswith(PROFILE):
        return TemporalAddress(profile=text.removeprefix(PROFILE).strip())
    return TemporalAddress(address=text, namespace="default")


def _names(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    if any("/" in name or " " in name for name in names):
        raise ValueError(text)
    return names


def _clickhouse(text: str) -> ClickHouseAddress | None:
    return None if text.lower() == NO_CLICKHOUSE else ClickHouseAddress(url=text)


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except ZoneInfoNotFoundError as exc:
        raise ValueError(text) from exc


def _window(text: str) -> Window:
    start, dots, end = text.partition("..")
    if not dots:
        raise ValueError(text)
    return Window(date.fromisoformat(start.strip()), date.fromisoformat(end.strip()))


def _channel(text: str) -> str:
    return SlackConfig(channel=text).channel


def _token(prefix: str, text: str) -> str:
    """A token that begins with ``prefix``; "" if the person has none yet. Raises ValueError for any other text."""
    if text and not text.startswith(prefix):
        raise ValueError(prefix)
    return text


def _operators(text: str) -> tuple[str, ...]:
    """User ids, at least one: without operators nobody may change anything."""
    names = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    if not names:
        raise ValueError(text)
    return SlackConfig(channel="C0", operators=names).operators
