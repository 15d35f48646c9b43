"""Turns the workflow definitions of backfill.toml into what recognises runs and what starts them."""

from collections.abc import Collection, Iterator, Mapping
from zoneinfo import ZoneInfo

from bot.config import Config, IdentityConfig, WorkflowConfig
from bot.config.identity import FieldNames, InputPaths, SourceName
from bot.fleet.planning.round_trip import round_trip_mistakes
from bot.fleet.planning.start_request import StartTemplate
from bot.fleet.runs.id_template import IdTemplate
from bot.fleet.runs.identity import Source
from bot.fleet.runs.input_hints import input_hint
from bot.fleet.runs.mapping import OWN_FIELDS, IdentityMapping, IdRegex, Keys
from bot.fleet.runs.recogniser import Recogniser
from bot.model.steps import StartOptions


def recogniser(config: Config) -> Recogniser:
    """The recogniser that this configuration describes."""
    mapping = identity_mapping(config.workflow, config)
    return Recogniser({name: dict.fromkeys(config.workflow.types, mapping) for name in config.clusters})


def start_template(config: Config, cluster: str) -> StartTemplate:
    """What the bot starts on this cluster."""
    workflow, start = config.workflow, config.workflow.start
    arguments = workflow.arguments
    return StartTemplate(
        cluster=cluster,
        workflow_type=workflow.types[0],
        task_queue=workflow.task_queue,
        # In ids that are only written, {end} is the day after the last, as everywhere in [workflow.start].
        id=IdTemplate.of(start.id) if start.id else _template(workflow.id_written, workflow.identity, SourceName.ID),
        arguments=(dict(arguments),) if isinstance(arguments, Mapping) else tuple(arguments),
        mapping=identity_mapping(workflow, config),
        search_attributes=start.search_attributes,
        memo=start.memo,
        options=_options(workflow),
    )


def identity_mapping(workflow: WorkflowConfig, config: Config) -> IdentityMapping:
    """The mapping of one definition."""
    identity, zone = workflow.identity, ZoneInfo(config.campaign.timezone)
    template = workflow.id_read
    is_whole = identity.without_days == "the whole campaign"
    return IdentityMapping(
        sources=tuple(Source(name.value) for name in workflow.sources),
        zone=zone,
        attributes=_keys(workflow.attribute_names),
        memo=_keys(workflow.memo_names),
        input=_keys(identity.input) if identity.input else None,
        id=_template(template, identity, SourceName.ID) if template else IdRegex(identity.id_regex or ""),
        parent=_template(identity.parent, identity, SourceName.PARENT) if identity.parent else None,
        forms={Source(name.value): form for name, form in identity.dates.items()},
        end_included=frozenset(Source(name.value) for name in SourceName if identity.is_included(name)),
        one_day=identity.without_end == "one day",
        without_days=config.campaign.window if is_whole else None,
    )


def mapping_mistakes(config: Config) -> Iterator[tuple[tuple[int | str, ...], str]]:
    """The place and text of each mistake: what the bot would start and not recognise as the same."""
    for name in config.clusters:
        for source, text in round_trip_mistakes(start_template(config, name)):
            yield ("workflow", *_place(source, config.workflow)), text
        # Clusters differ in nothing that is read back.
        return


def kept_hints(config: Config) -> frozenset[str]:
    """Names of the hints that tell customer and days. The store keeps them unchanged."""
    workflow = config.workflow
    paths = _keys(workflow.identity.input).names if workflow.identity.input else ()
    named = (*_keys(workflow.attribute_names).names, *_keys(workflow.memo_names).names)
    return frozenset((*named, *map(input_hint, paths), *OWN_FIELDS))


def _place(source: Source, workflow: WorkflowConfig) -> Collection[str]:
    """The key that decides how this source is written."""
    match source:
        case Source.ATTRIBUTES:
            return ("start", "search_attributes")
        case Source.MEMO:
            return ("start", "memo")
        case Source.INPUT:
            return ("input",) if workflow.start.input is None else ("start", "input")
    return ("start", "id") if workflow.start.id else ("identity", "id") if workflow.identity.id else ("id_template",)


def _template(text: str, identity: IdentityConfig, source: SourceName) -> IdTemplate:
    return IdTemplate.of(text, end_included=identity.is_included(source))


def _keys(names: FieldNames | InputPaths) -> Keys:
    return Keys(names.customer, names.start or "", names.end or "", names.days or "")


def _options(workflow: WorkflowConfig) -> StartOptions:
    start, priority = workflow.start, workflow.start.priority
    return StartOptions(
        execution_timeout=start.execution_timeout,
        run_timeout=start.run_timeout,
        attempts=start.retry.attempts if start.retry else None,
        priority=priority.key if priority else None,
        fairness_key=(priority.fairness or "") if priority else "",
    )
