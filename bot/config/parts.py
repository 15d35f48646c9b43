"""Checks whether a definition finds the customer and the days of each run in its sources.

If a source has only the days, another source has to have only the customer, and the two are joined. The input with
which the bot starts a workflow has to have the customer and the days. If two sources are joined, the input may leave
out the part that the bot writes into an attribute, the memo or the id.
"""

from collections.abc import Iterator

from bot.config.backfill_toml import Config
from bot.config.identity import FieldNames, InputPaths, SourceName, placeholder_names
from bot.config.start import Arguments, missing_placeholder, placeholders_in
from bot.config.workflow import WorkflowConfig
from bot.model.id_regex import group_names

Place = tuple[int | str, ...]
# The sources that the bot writes itself. What it starts has no parent.
_WRITTEN = frozenset({SourceName.ATTRIBUTES, SourceName.MEMO, SourceName.ID})


def part_mistakes(config: Config) -> Iterator[tuple[Place, str]]:
    """The place and the text of each mistake. There are two kinds of mistakes. A source has the days without the
    customer, and there is no source with only the customer to join them with. Or an input lacks the customer or the
    days."""
    for place, workflow in _placed(config):
        yield from _lonely_days(place, workflow)
        key = ("input",) if workflow.start.input is None else ("start", "input")
        yield from _incomplete_input((*place, *key), workflow.arguments, workflow)
    for name, cluster in config.clusters.items():
        if cluster.input is not None:
            yield from _incomplete_input(("clusters", name, "input"), cluster.input, config.filling_workflow(name))


def _placed(config: Config) -> Iterator[tuple[Place, WorkflowConfig]]:
    if config.workflow:
        yield ("workflow",), config.workflow
    for number, workflow in enumerate(config.workflows):
        yield ("workflows", number), workflow


def _lonely_days(place: Place, workflow: WorkflowConfig) -> Iterator[tuple[Place, str]]:
    if _customer_only(workflow):
        return
    for source in _days_only(workflow)[:1]:
        text = "it has days and no customer, and no place in order has a customer without days to join them with"
        yield (*place, "identity", _key(source, workflow)), text


def _key(source: SourceName, workflow: WorkflowConfig) -> str:
    identity = workflow.identity
    if source is SourceName.MEMO and identity.memo is None:
        return SourceName.ATTRIBUTES.value
    return "id_regex" if source is SourceName.ID and identity.id_regex else source.value


def _incomplete_input(place: Place, arguments: Arguments, workflow: WorkflowConfig) -> Iterator[tuple[Place, str]]:
    """The place and the text of the mistake if the arguments lack the customer or the days; otherwise nothing. If one
    source has only the customer and another only the days, the two are joined. Then the arguments may lack each part
    that the bot itself writes into an attribute, the memo or the id."""
    customers, days = _customer_only(workflow), _days_only(workflow)
    is_joined = bool(customers and days)
    missing = missing_placeholder(
        placeholders_in(arguments),
        customer=not (is_joined and _WRITTEN & {*customers}),
        days=not (is_joined and _WRITTEN & {*days}),
    )
    if missing:
        yield place, missing


def _customer_only(workflow: WorkflowConfig) -> list[SourceName]:
    return [source for source in workflow.sources if _fields(source, workflow) == {"customer"}]


def _days_only(workflow: WorkflowConfig) -> list[SourceName]:
    named = [(source, _fields(source, workflow)) for source in workflow.sources]
    return [source for source, fields in named if "start" in fields and "customer" not in fields]


def _fields(source: SourceName, workflow: WorkflowConfig) -> set[str]:
    """The fields that the definition reads from this source, such as ``customer`` and ``start``."""
    identity = workflow.identity
    match source:
        case SourceName.ATTRIBUTES:
            return _used(workflow.attribute_names)
        case SourceName.MEMO:
            return _used(workflow.memo_names)
        case SourceName.INPUT:
            return _used(identity.input) if identity.input else set()
        case SourceName.PARENT:
            return _without_wildcards(identity.parent or "")
    return {*group_names(identity.id_regex)} if identity.id_regex else _without_wildcards(workflow.id_read or "")


def _used(names: FieldNames | InputPaths) -> set[str]:
    return {field for field, name in names.model_dump().items() if name}


def _without_wildcards(template: str) -> set[str]:
    return {*placeholder_names(template)} - {"*", "cluster", "campaign"}
