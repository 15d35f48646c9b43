"""Writes the proposal of `backfill-bot init` as backfill.toml. A comment marks each value that could not be found
out.
"""

from collections.abc import Iterator

from bot.blocks.init_report import open_paths
from bot.blocks.init_statements import UNKNOWN_VOLUME, expected_statement, quoted_name, volume_statement
from bot.blocks.words import plural
from bot.fleet.onboarding.draft import ClusterDraft, DefinitionDraft, Draft, WarehouseDraft, identity_table
from bot.fleet.onboarding.tables import Candidate, names_by_place
from bot.model.toml_text import inline, key, quoted

_HEAD = """\
# Proposed by backfill-bot init, from the last runs and from the tables. Read it: `backfill-bot check` shows what each
# run is taken for. backfill.example.toml explains every key. Tokens and passwords are in .env, never here.
"""
_NO_CAMPAIGN = """\
# [campaign]                          # not known: the days that are to be filled
# start = 2026-01-01
# end = 2026-02-21                    # the day after the last
"""
_NO_WORKFLOW = """\
# [workflow]                          # not known: docs/your-workflow.md says how to write it
# types = ["CustomerBackfill"]
# task_queue = "backfill"
"""
_NO_TABLES = """\
# [[verify.tables]]                   # not known: the tables that prove a backfill
# name = "orders"
# table = "analytics.orders"
# customer_column = "customer"
# time_column = "created_at"
"""
_USUAL_INPUT = """\
# What a start is given is not known: the arguments of the runs do not show it. This is the usual input; correct it
# before the bot starts anything.
"""


def toml(draft: Draft) -> str:
    """The whole file."""
    definitions = draft.definitions
    heads = ["workflow"] if len(definitions) == 1 else [f"workflows.{n}" for n in range(len(definitions))]
    parts = [_HEAD, _campaign(draft)]
    parts += [_definition(definition, head) for definition, head in zip(definitions, heads, strict=True)]
    if not definitions:
        parts += [_commented(_definition(refused, "workflow")) for refused in draft.refused[:1]] or [_NO_WORKFLOW]
    parts.append("\n".join(_slack(draft)))
    parts += list(_warehouse(draft.warehouse))
    parts += ["\n".join(_cluster(cluster, draft)) for cluster in draft.clusters]
    return "\n".join(part if part.endswith("\n") else f"{part}\n" for part in parts)


def _campaign(draft: Draft) -> str:
    if draft.campaign is None:
        return _NO_CAMPAIGN
    lines = (
        "[campaign]",
        f"start = {draft.campaign.start}",
        f"end = {draft.campaign.end}                    # the day after the last: the end is not filled",
        f"timezone = {quoted(draft.timezone)}",
    )
    return "\n".join(lines)


def _definition(definition: DefinitionDraft, head: str) -> str:
    """One workflow definition. If there are several, each has a name."""
    outer, is_listed = head.partition(".")[0], "." in head
    lines = [f"[[{outer}]]", f"name = {quoted(definition.types[0])}"] if is_listed else [f"[{outer}]"]
    lines += [
        f"types = {inline(list(definition.types))}",
        f"task_queue = {quoted(definition.task_queue)}",
        "",
        f"# {definition.recognised} of the last {plural(definition.total, 'run')} recognised.",
        f"[{outer}.identity]",
        *(f"{name} = {inline(value)}" for name, value in identity_table(definition).items()),
        "",
        *_start(definition, outer),
    ]
    return "\n".join(lines)


def _commented(text: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in text.splitlines())


def _start(definition: DefinitionDraft, outer: str) -> Iterator[str]:
    proposed = definition.input
    is_known = proposed is not None or bool(definition.start_id)
    yield f"[{outer}.start]" if is_known else f"# [{outer}.start]"
    if definition.start_id:
        yield f"id = {quoted(definition.start_id)}"
    if proposed is None:
        yield from _USUAL_INPUT.splitlines()
        yield '# input = [{ customer = "{customer}", start = "{start}", end = "{end}" }]'
        return
    if definition.is_whole_campaign:
        yield "# Your runs take no days. Those that the bot starts get start and end: let your workflow take them."
    yield from (f"# {words}: {', '.join(paths)}." for words, paths in open_paths(proposed).items() if paths)
    yield f"input = {inline(list(proposed.arguments))}"


def _slack(draft: Draft) -> Iterator[str]:
    yield from ("[slack]", f"channel = {quoted(draft.channel)}", f"operators = {inline(list(draft.operators))}")


def _warehouse(warehouse: WarehouseDraft | None) -> Iterator[str]:
    """The sections about tables and volume."""
    if warehouse is None or not warehouse.tables:
        yield _NO_TABLES
        return
    names = names_by_place([target for target, _ in warehouse.tables])
    for target, source in warehouse.tables:
        yield "\n".join(_table(target, source, names[target.place]))
    if warehouse.volume is None:
        note = "No table of source rows was found: each customer counts one row a day, so sizes are not by volume."
        yield f"[volume]\n# {note}\nquery = {_statement(UNKNOWN_VOLUME)}"
    else:
        name = next(
            (names[target.place] for target, source in warehouse.tables if source == warehouse.volume), "rows"
        )
        yield f"[volume]\nname = {quoted(name)}\nquery = {_statement(volume_statement(warehouse.volume))}"


def _table(target: Candidate, source: Candidate | None, name: str) -> Iterator[str]:
    yield "[[verify.tables]]"
    yield f"name = {quoted(name)}"
    place = f"{quoted_name(target.table.database)}.{quoted_name(target.table.name)}"
    yield f"table = {quoted(place)}"
    yield f"customer_column = {quoted(target.customer_column)}"
    yield f"time_column = {quoted(target.time_column)}"
    if target.key:
        yield f"key = {inline(list(target.key))}"
    if source:
        yield f"expected = {_statement(expected_statement(source))}"


def _statement(sql: str) -> str:
    """A statement as a multi-line TOML string. If it contains three double quotes, it is a one-line string
    instead."""
    return f'"""{sql.replace(chr(92), chr(92) * 2)}"""' if '"""' not in sql else quoted(sql)


def _cluster(cluster: ClusterDraft, draft: Draft) -> Iterator[str]:
    temporal = {"profile": cluster.profile, "address": cluster.address, "namespace": cluster.namespace}
    yield f"[clusters.{key(cluster.name)}]"
    yield f"customers = {inline(list(cluster.customers))}"
    if cluster.filter:
        yield f"filter = {quoted(cluster.filter)}"
    if cluster.attributes:
        yield f"start = {inline({'search_attributes': dict(cluster.attributes)})}"
    if cluster.workflow:
        yield f"workflow = {quoted(cluster.workflow)}"
    if cluster.input:
        yield f"input = {inline(list(cluster.input.arguments))}"
    if cluster.task_queue:
        yield f"task_queue = {quoted(cluster.task_queue)}"
    yield f"temporal = {inline({name: text for name, text in temporal.items() if text})}"
    if cluster.codec:
        codec = {"endpoint": cluster.codec, "auth_env": cluster.codec_auth}
        yield f"codec = {inline({name: text for name, text in codec.items() if text})}"
    if draft.warehouse is None:
        yield '# clickhouse = { url = "https://clickhouse.example.com:8443", username = "backfill_bot" }'
    else:
        yield f"clickhouse = {inline({'url': draft.warehouse.url, 'username': draft.warehouse.username})}"
