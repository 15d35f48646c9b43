"""The two files that configure a bot for this world: backfill.toml and an environment file."""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sandbox.bot_mappings import cluster_keys, definitions
from sandbox.clickhouse.schema import ANALYTICS, SOURCE, Table
from sandbox.scenario.model import Baseline, Campaign, Scenario, Shape, Sizing, Tier
from sandbox.scenario.pace import shortened
from sandbox.worker.contract import CUSTOMER, END, START, TASK_QUEUE, WORKFLOW_TYPE, workflow_id

_BETWEEN_DAYS = """\
  AND scored_at >= toDateTime({start:Date}, {timezone:String})
  AND scored_at < toDateTime({end:Date}, {timezone:String})"""


@dataclass(frozen=True)
class ClusterAddresses:
    """How a bot reaches one cluster."""

    temporal: str
    temporal_ui: str
    clickhouse: str
    codec: str = ""
    """The URL of the codec server; "" where payloads are not encoded."""


@dataclass(frozen=True)
class Team:
    """The Slack ids that the bot's configuration names."""

    channel: str
    operators: Sequence[str]
    operator_groups: Sequence[str]


def backfill_toml(scenario: Scenario, clusters: Mapping[str, ClusterAddresses], team: Team, speed: float) -> str:
    shapes = [cluster.shape for cluster in scenario.clusters.values()]
    is_demo = all(shape is Shape.DEMO for shape in shapes)
    workflows = _workflow() if is_demo else definitions(shapes)
    parts = [_campaign(scenario.campaign), workflows, _slack(team), _watch(speed), _control(speed)]
    parts += [_verify(table) for table in Table]
    parts += [_volume(), _sizing(scenario.sizing, scenario.rows.scale, speed)]
    for name, where in clusters.items():
        keys = "" if is_demo else cluster_keys(name, scenario.clusters[name].shape)
        parts.append(_cluster(name, scenario, where, keys))
    return "\n".join(parts)


def environment_file(variables: Mapping[str, str]) -> str:
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in variables.items())


def database_url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path.absolute()}"


def _toml(value: str | Sequence[str]) -> str:
    """The value as TOML. JSON writes strings and lists of strings in the same form."""
    return json.dumps(value, ensure_ascii=False)


def _seconds(duration: timedelta) -> str:
    return _toml(f"{max(1, round(duration.total_seconds()))}s")


def _campaign(campaign: Campaign) -> str:
    return f"""\
[campaign]
start = {campaign.start}
end = {campaign.end}
timezone = {_toml(campaign.timezone)}
"""


def _workflow() -> str:
    keys = f"customer = {_toml(CUSTOMER.name)}, start = {_toml(START.name)}, end = {_toml(END.name)}"
    return f"""\
[workflow]
types = [{_toml(WORKFLOW_TYPE)}]
task_queue = {_toml(TASK_QUEUE)}
id_template = {_toml(workflow_id("{customer}", "{start}", "{end}"))}
keys = {{ {keys} }}
input = {{ customer = "{{customer}}", start = "{{start}}", end = "{{end}}" }}
"""


def _slack(team: Team) -> str:
    return f"""\
[slack]
channel = {_toml(team.channel)}
operators = {_toml(list(team.operators))}
operator_groups = {_toml(list(team.operator_groups))}
"""


def _watch(speed: float) -> str:
    """The TOML tables [watch], [alerts] and [digest], and the time limit of [verify]. Durations that scenarios depend
    on are divided by ``speed``, but stay long enough for a person to follow."""
    stalled = shortened(timedelta(hours=1), speed, least=timedelta(seconds=60))
    no_worker = shortened(timedelta(minutes=10), speed, least=timedelta(seconds=15))
    together = shortened(timedelta(minutes=10), speed, least=timedelta(seconds=10))
    remind = shortened(timedelta(hours=4), speed, least=timedelta(minutes=5))
    return f"""\
[watch]
every = "1s"
slow_round = "10s"
stalled_after = {_seconds(stalled)}
no_worker_after = {_seconds(no_worker)}

[alerts]
storm = 5
storm_within = {_seconds(together)}
remind_after = {_seconds(remind)}

[digest]
cron = "0 9 * * mon-fri"
timezone = "UTC"

[verify]
time_limit = "10s"
"""


def _control(speed: float) -> str:
    """The [control] table for the bot. ``cancel_patience``, the time after which the bot reports a cancelled run that
    is still open, is shortened by ``speed``, but never below 30 s.

    A silent attempt learns of a cancel only after one heartbeat timeout, and a killed bot is back within half a
    minute. With a shorter patience the bot would report either case as a cancel without effect.
    """
    patience = shortened(timedelta(minutes=15), speed, least=timedelta(seconds=30))
    return f"""\
[control]
task_queue = "backfill-bot"
parallel = 1
split_after = 2
on_stuck = "stop"
cancel_patience = {_seconds(patience)}
"""


def _verify(table: Table) -> str:
    return f"""\
[[verify.tables]]
name = {_toml(table)}
table = {_toml(f"{ANALYTICS}.{table}")}
customer_column = "customer"
time_column = "scored_at"
expected = \"\"\"
SELECT toDate(scored_at, {{timezone:String}}) AS day, count() AS rows
FROM {SOURCE}.{table}
WHERE customer = {{customer:String}}
{_BETWEEN_DAYS}
GROUP BY day
\"\"\"
"""


def _volume() -> str:
    return f"""\
[volume]
name = "{Table.SCORECARDS}"
query = \"\"\"
SELECT customer, toDate(scored_at, {{timezone:String}}) AS day, count() AS rows
FROM {SOURCE}.{Table.SCORECARDS}
WHERE customer IN {{customers:Array(String)}}
{_BETWEEN_DAYS}
GROUP BY customer, day
\"\"\"
"""


def _sizing(sizing: Sizing, scale: float, speed: float) -> str:
    """The [sizing] table for the bot: volumes are scaled like the number of rows, and durations are shortened by
    ``speed``. Keys that are left out keep the bot's defaults.

    ``target`` and ``shortest`` are never shortened below a minimum. A ``target`` of a second or two would make
    windows in which the overhead outweighs the rows. ``shortest`` has to exclude the runs that end before the bot
    starts: these last only an instant, so their durations measure nothing.
    """
    target = shortened(sizing.target, speed, least=timedelta(seconds=10))
    shortest = shortened(timedelta(minutes=30), speed, least=timedelta(seconds=15))
    lines = ["[sizing]", f"target = {_seconds(target)}", f"shortest = {_seconds(shortest)}"]
    if sizing.tiers:
        lines.append(f"tiers = [{', '.join(_tier(tier, scale) for tier in sizing.tiers)}]")
    if sizing.overrides:
        days = (f"{_toml(customer)} = {days}" for customer, days in sizing.overrides.items())
        lines.append(f"overrides = {{ {', '.join(days)} }}")
    if sizing.baselines:
        baselines = (_baseline(baseline, scale, speed) for baseline in sizing.baselines)
        lines.append(f"baselines = [{', '.join(baselines)}]")
    return "\n".join(lines) + "\n"


def _tier(tier: Tier, scale: float) -> str:
    bound = f"up_to = {tier.up_to * scale:.6f}, " if tier.up_to else ""
    return f"{{ {bound}days = {tier.days} }}"


def _baseline(baseline: Baseline, scale: float, speed: float) -> str:
    took = f", took = {_seconds(shortened(baseline.took, speed))}" if baseline.took else ""
    scorecards = f"scorecards = {baseline.scorecards * scale:.6f}"
    return f"{{ name = {_toml(baseline.name)}, {scorecards}, days = {baseline.days}{took} }}"


def _cluster(name: str, scenario: Scenario, where: ClusterAddresses, keys: str) -> str:
    """The table of one cluster. `keys` has further lines for it."""
    namespace = _toml(scenario.namespace(name))
    temporal = f"address = {_toml(where.temporal)}, namespace = {namespace}, ui = {_toml(where.temporal_ui)}"
    codec = f"codec = {{ endpoint = {_toml(where.codec)} }}\n" if where.codec else ""
    return f"""\
[clusters.{_toml(name)}]
{keys}customers = {_toml(list(scenario.clusters[name].customers))}
temporal = {{ {temporal} }}
clickhouse = {{ url = {_toml(where.clickhouse)}, username = "default" }}
{codec}"""
