"""Checks the workflow definitions of backfill.toml with the clusters and campaigns that use them: whether the bot
would recognise, find and tell apart the runs that it starts."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations

from bot.config import Config, WorkflowConfig
from bot.config.identity import DEFAULT_ID
from bot.fleet.planning.round_trip import round_trip_mistakes
from bot.fleet.planning.start_request import start_order
from bot.fleet.runs.id_template import IdTemplate
from bot.fleet.runs.identity import Source
from bot.fleet.runs.visibility_filter import is_found_by
from bot.model import StartOrder
from bot.usecases.definitions import start_template

# The place in the configuration, and the text.
Mistake = tuple[tuple[int | str, ...], str]


def mapping_mistakes(config: Config) -> Iterator[Mistake]:
    """The mistakes that would keep the bot from recognising the runs that it starts itself: the place in the
    configuration, and the text."""
    unfit = (*_unreadable_ids(config), *_unfit_workflows(config), *_foreign_types(config))
    if unfit:
        yield from unfit
        return
    views = [config.for_campaign(campaign.definition) for campaign in config.file_campaigns]
    yield from dict(mistake for view in reversed(views) for mistake in _round_trip_mistakes(view)).items()
    for view in views:
        yield from _filter_mistakes(view)
    yield from _shared_ids(views)


def _unreadable_ids(config: Config) -> Iterator[Mistake]:
    """The mistakes of id templates that lack a placeholder, use one twice, or have placeholders that cannot be told
    apart."""
    for number, workflow in enumerate(config.workflows or config.definitions):
        table = ("workflow",) if config.workflow else ("workflows", number)
        templates: Mapping[tuple[str, ...], str | None] = {
            ("identity", "id"): workflow.identity.id,
            ("identity", "parent"): workflow.identity.parent,
            ("start", "id"): workflow.start.id,
            ("id_template",): workflow.id_template,
        }
        for key, text in templates.items():
            try:
                IdTemplate.of(text or DEFAULT_ID)
            except ValueError as exc:
                yield (*table, *key), str(exc)


def _unfit_workflows(config: Config) -> Iterator[Mistake]:
    """The mistakes of clusters that name an unknown definition, or one that cannot fill the campaign."""
    covers = {workflow.name: workflow.covers for workflow in config.workflows or config.definitions}
    for cluster, filling in ((name, cluster.workflow) for name, cluster in config.clusters.items()):
        if filling is None or covers.get(filling):
            continue
        text = f"{filling} fills this cluster, so covers cannot be false"
        if filling not in covers:
            text = f"{filling} is none of {', '.join(covers)}"
        yield ("clusters", cluster, "workflow"), text


def _foreign_types(config: Config) -> Iterator[Mistake]:
    """The mistakes of clusters whose ``types`` name a type that belongs to another definition than the cluster's own.
    Runs of that type would have two mappings. They would count even if the other definition covers no days."""
    for cluster, here in config.clusters.items():
        usual = here.workflow or config.definitions[0].name
        for other in config.definitions:
            shared = [name for name in here.types or () if name in other.types and other.name != usual]
            if shared:
                text = f"{shared[0]} is a type of the definition {other.name}: name that in workflow instead"
                yield ("clusters", cluster, "types"), text


def _round_trip_mistakes(config: Config) -> Iterator[Mistake]:
    for name, cluster in reversed(list(config.clusters.items())):
        for source, text in round_trip_mistakes(start_template(config, name)):
            overrides = source is Source.INPUT and cluster.input is not None
            yield ("clusters", name, "input") if overrides else _place_in_definition(source, config, name), text


def _shared_ids(views: Sequence[Config]) -> Iterator[Mistake]:
    """The mistakes of two campaigns that would use the same workflow ids for windows of the same days."""
    for one, other in combinations(views, 2):
        days = one.campaign.window.intersection(other.campaign.window)
        shared = [name for name in one.clusters if name in other.clusters] if days else []
        for name in shared:
            orders = [start_order(start_template(view, name), "acme", days, "") for view in (one, other) if days]
            if len({order.workflow_id for order in orders}) == 1:
                place = _place_in_definition(Source.ID, other, name)
                names = f"{one.campaign.name} and {other.campaign.name}"
                yield place, f"windows of {names} get the same workflow ids: put {{campaign}} into start.id"
                break


def _filter_mistakes(config: Config) -> Iterator[Mistake]:
    """The mistakes of filters that would not find the runs that the bot starts; and of clusters in the same
    namespace, if the bot's starts on both would get the same workflow ids."""
    orders = {
        name: start_order(start_template(config, name), "acme", config.campaign.window, "")
        for name in config.clusters
    }
    for name, cluster in config.clusters.items():
        if cluster.filter and is_found_by(cluster.filter, _listed_attributes(orders[name])) is False:
            text = "it does not find what the bot starts there: name its search attributes in start"
            yield ("clusters", name, "filter"), text
    for (name, cluster), (other, other_cluster) in combinations(config.clusters.items(), 2):
        is_same_place = cluster.temporal.place == other_cluster.temporal.place
        if is_same_place and orders[name].workflow_id == orders[other].workflow_id:
            text = f"what the bot starts there has the same workflow ids as on {name}: put {{cluster}} into start.id"
            yield ("clusters", other, "filter"), text


def _listed_attributes(order: StartOrder) -> Mapping[str, str]:
    """The search attributes of a started run, including those that Temporal itself sets."""
    own = {"WorkflowId": order.workflow_id, "WorkflowType": order.workflow_type, "TaskQueue": order.task_queue}
    return {**order.hints, **own}


def _place_in_definition(source: Source, config: Config, cluster: str) -> tuple[int | str, ...]:
    """The place in the configuration that decides how the bot writes the customer and the days of a run to this
    source. The place is in the definition that fills the cluster."""
    filling = config.filling_workflow(cluster).name
    workflow = next(known for known in config.definitions if known.name == filling)
    table = ("workflow",) if config.workflow else ("workflows", config.workflows.index(workflow))
    return (*table, *_place(source, workflow))


def _place(source: Source, workflow: WorkflowConfig) -> Collection[str]:
    """The path of keys in a definition, such as ``start``, ``memo``, under which the definition says how the bot
    writes customer and days to this source. The outermost key comes first."""
    match source:
        case Source.ATTRIBUTES:
            return ("start", "search_attributes")
        case Source.MEMO:
            return ("start", "memo")
        case Source.INPUT:
            return ("input",) if workflow.start.input is None else ("start", "input")
    return ("start", "id") if workflow.start.id else ("identity", "id") if workflow.identity.id else ("id_template",)
