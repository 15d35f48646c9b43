"""Turns the workflow definitions of backfill.toml into recognisers of runs and templates for starts."""

from collections.abc import Collection, Iterator, Mapping
from zoneinfo import ZoneInfo

from bot.config import Config, IdentityConfig, WorkflowConfig
from bot.config.identity import FieldNames, InputPaths, SourceName
from bot.fleet.planning.start_request import StartTemplate
from bot.fleet.runs.complete_when import CompleteWhen
from bot.fleet.runs.doubts import Conditions
from bot.fleet.runs.id_template import IdRegex, IdTemplate
from bot.fleet.runs.identity import Source
from bot.fleet.runs.input_hints import input_hint
from bot.fleet.runs.mapping import CAMPAIGN_FIELD, OWN_FIELDS, IdentityMapping, Keys
from bot.fleet.runs.recogniser import Recogniser
from bot.model.execution import (
    AGREED_HINT,
    CHAIN_HINT,
    CHILDREN_HINT,
    COUNTS_HINT,
    CRON_HINT,
    OPERATIONS_HINT,
    ROWS_OFF_HINT,
)
from bot.model.steps import StartOptions


def recogniser(config: Config) -> Recogniser:
    """Recognises runs by the workflow definitions of this configuration."""
    return Recogniser({name: _mappings(config, name) for name in config.clusters})


def _mappings(config: Config, cluster: str) -> Mapping[str, IdentityMapping]:
    return {
        workflow_type: mapping
        for workflow in config.workflows_on(cluster)
        for mapping in (identity_mapping(workflow, config, cluster),)
        for workflow_type in workflow.types
    }


def conditions(config: Config) -> Conditions:
    """For each workflow type that has a condition: which result of a run means that its days are complete."""
    return {
        name: CompleteWhen(when.path, when.wanted)
        for cluster in config.clusters
        for workflow in config.workflows_on(cluster)
        if (when := workflow.complete_when)
        for name in workflow.types
    }


def result_paths(config: Config) -> Mapping[str, Collection[str]]:
    """The paths in a result that the ``complete_when`` conditions read, by workflow type."""
    return {name: (when.path,) for name, when in conditions(config).items()}


def child_types(config: Config, cluster: str) -> Mapping[str, frozenset[str]]:
    """For each workflow type, the ``child_types`` of its definition: children of these types end with the run, even
    if the run abandons them."""
    workflows = config.workflows_on(cluster)
    return {name: frozenset(workflow.child_types) for workflow in workflows for name in workflow.types}


def start_template(config: Config, cluster: str) -> StartTemplate:
    """The template for the runs that the bot starts on this cluster."""
    workflow = config.filling_workflow(cluster)
    start, arguments = workflow.start, workflow.arguments
    return StartTemplate(
        cluster=cluster,
        workflow_type=workflow.types[0],
        task_queue=workflow.task_queue,
        id=_written_id(workflow, config, cluster),
        arguments=(dict(arguments),) if isinstance(arguments, Mapping) else tuple(arguments),
        mapping=identity_mapping(workflow, config, cluster),
        search_attributes=start.search_attributes,
        memo=start.memo,
        options=_options(workflow),
        campaign=config.campaign.name,
    )


def _written_id(workflow: WorkflowConfig, config: Config, cluster: str) -> IdTemplate:
    """The template that makes the workflow ids of the runs that the bot starts. Ids are never read with this
    template. In ``start.id``, ``{end}`` is the day after the last day, as everywhere in [workflow.start]."""
    if workflow.start.id:
        return IdTemplate.of(workflow.start.id, cluster=cluster, campaign=config.campaign.name)
    return _template(workflow.id_written, workflow.identity, SourceName.ID, config, cluster)


def identity_mapping(workflow: WorkflowConfig, config: Config, cluster: str) -> IdentityMapping:
    """How to read the customer and the days of a run of this workflow definition on this cluster."""
    identity, zone = workflow.identity, ZoneInfo(config.campaign.timezone)
    template = workflow.id_read
    is_whole = identity.without_days == "the whole campaign"
    return IdentityMapping(
        sources=tuple(Source(name.value) for name in workflow.sources),
        zone=zone,
        attributes=_keys(workflow.attribute_names),
        memo=_keys(workflow.memo_names),
        input=_keys(identity.input) if identity.input else None,
        id=_template(template, identity, SourceName.ID, config, cluster)
        if template
        else IdRegex(identity.id_regex or ""),
        parent=_template(identity.parent, identity, SourceName.PARENT, config, cluster) if identity.parent else None,
        forms={Source(name.value): form for name, form in identity.dates.items()},
        end_included=frozenset(Source(name.value) for name in SourceName if identity.is_included(name)),
        one_day=identity.without_end == "one day",
        without_days=config.campaign.window if is_whole else None,
    )


def kept_hints(config: Config) -> frozenset[str]:
    """The names of the hints that the store keeps unchanged, because the bot reads data from them, such as a run's
    customer, days and counts. In all others, the store redacts secrets."""
    of_definitions = (name for workflow in config.definitions for name in _kept(workflow))
    return frozenset(
        (
            *OWN_FIELDS,
            CAMPAIGN_FIELD,
            CHAIN_HINT,
            CRON_HINT,
            CHILDREN_HINT,
            OPERATIONS_HINT,
            COUNTS_HINT,
            ROWS_OFF_HINT,
            AGREED_HINT,
            *of_definitions,
        )
    )


def _kept(workflow: WorkflowConfig) -> Iterator[str]:
    yield from (*_keys(workflow.attribute_names).names, *_keys(workflow.memo_names).names)
    if workflow.identity.input:
        yield from map(input_hint, _keys(workflow.identity.input).names)


def _template(text: str, identity: IdentityConfig, source: SourceName, config: Config, cluster: str) -> IdTemplate:
    is_included = identity.is_included(source)
    return IdTemplate.of(text, end_included=is_included, cluster=cluster, campaign=config.campaign.name)


def _keys(names: FieldNames | InputPaths) -> Keys:
    return Keys(names.customer or "", names.start or "", names.end or "", names.days or "")


def _options(workflow: WorkflowConfig) -> StartOptions:
    start, priority = workflow.start, workflow.start.priority
    return StartOptions(
        execution_timeout=start.execution_timeout,
        run_timeout=start.run_timeout,
        attempts=start.retry.attempts if start.retry else None,
        priority=priority.key,
        fairness_key=priority.fairness or "",
    )
