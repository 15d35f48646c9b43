"""The bot's configuration for each shape of workflow: a definition in backfill.toml, and the keys of a cluster that
runs workflows of this shape.

A team with a workflow of this shape would write the same. docs/your-workflow.md explains the keys.
"""

from collections.abc import Iterable, Mapping

from sandbox.scenario.model import Shape
from sandbox.worker.shapes.regional import REGION, task_queue

DEFINITIONS: Mapping[Shape, str] = {
    Shape.DEMO: """\
# Search attributes or memo fields tell customer and days.
[[workflows]]
name = "demo"
types = ["CustomerBackfill"]
task_queue = "backfill"
""",
    Shape.CHILDREN: """\
# A parent that copies nothing itself, and a child for every two days. Its id tells customer and days, the last one
# included.
[[workflows]]
name = "children"
types = ["TenantBackfill"]
task_queue = "tenants"

[workflows.identity]
order = ["id"]
id = "tenant-backfill/{customer}/{start:%Y%m%d}-{last:%Y%m%d}"

[workflows.start]
input = ["{customer}", "{start}", "{end}"]

# Its children: they fill no days, since their parent does. Their ids tell by which days its alert names them.
[[workflows]]
name = "children-days"
types = ["CopyTenantDays"]
task_queue = "tenants"
covers = false

[workflows.identity]
order = ["id"]
id = "tenant-days/{customer}/{start:%Y%m%d}-{last:%Y%m%d}"
""",
    Shape.CONTINUED: """\
# Continues as new after every three days: the executions of one run have one id, which tells a number of days.
[[workflows]]
name = "continued"
types = ["ReplayEvents"]
task_queue = "replay"

[workflows.identity]
order = ["id"]
id = "replay:{customer}:{start:%Y%m%d}+{days}"

[workflows.start]
input = [{ customer = "{customer}", first = "{start}", days = "{days}" }]
""",
    Shape.INPUT: """\
# Ids are random. The input alone tells customer and days, the last one included.
[[workflows]]
name = "input"
types = ["importHistory"]
task_queue = "history-import"

[workflows.identity]
order = ["input"]
input = { customer = "[0].tenant.slug", start = "[0].range.since", end = "[0].range.until" }
end = "included"

[workflows.start]
id = "import/{customer}/{start}..{last}"
input = [{ tenant = { slug = "{customer}" }, range = { since = "{start}", until = "{last}" } }]
""",
    Shape.PARALLEL: """\
# Three activities at once, with heartbeats that carry nothing. The arguments tell the first moment in milliseconds,
# and a number of days.
[[workflows]]
name = "parallel"
types = ["syncInLanes"]
task_queue = "sync"

[workflows.identity]
order = ["input"]
input = { customer = "[0]", start = "[1]", days = "[2]" }
dates = "epoch_ms"

[workflows.start]
id = "sync/{customer}/{start}/{days}d"
input = ["{customer}", "{start:epoch_ms}", "{days}"]
""",
    Shape.CODEC: """\
# Payloads are encrypted: without the codec server that its cluster names, only search attributes can be read. They
# tell customer and days, the last one included.
[[workflows]]
name = "codec"
types = ["SealedBackfill"]
task_queue = "sealed"

[workflows.identity]
order = ["attributes"]
attributes = { customer = "SealedCustomer", start = "SealedFirstDay", end = "SealedLastDay" }
end = "included"

[workflows.start]
id = "sealed/{customer}/{start}/{last}"
input = [{ customer = "{customer}", first = "{start}", last = "{last}" }]
""",
    Shape.CATCHES_CANCEL: """\
# Catches its cancel and returns: Temporal shows it as completed, and only its result says that it stopped. The memo
# tells customer and days.
[[workflows]]
name = "catches-cancel"
types = ["CarefulBackfill"]
task_queue = "careful"
complete_when = { path = "status", is = "done" }

[workflows.identity]
order = ["memo"]
memo = { customer = "account", start = "from", end = "until" }

[workflows.start]
id = "careful/{customer}/{start}..{end}"
input = ["{customer}", "{start}", "{end}"]
""",
    Shape.REGION: """\
# Several clusters in one namespace: ids begin with the cluster, and a search attribute tells the listings apart.
[[workflows]]
name = "region"
types = ["RegionalBackfill"]
task_queue = "regional"

[workflows.identity]
order = ["id"]
id = "{cluster}/{customer}/{start}..{end}"

[workflows.start]
input = [{ region = "{cluster}", customer = "{customer}", start = "{start}", end = "{end}" }]
""",
}


def definitions(shapes: Iterable[Shape]) -> str:
    """A `[[workflows]]` table for each shape. A shape that is given more than once gets one table. Each cluster names
    the table of its shape (see ``cluster_keys``)."""
    return "\n".join(DEFINITIONS[shape] for shape in dict.fromkeys(shapes))


def cluster_keys(name: str, shape: Shape) -> str:
    """The keys of [clusters.NAME] that say which workflow the cluster runs."""
    keys = f'workflow = "{shape}"\n'
    if shape is Shape.REGION:
        keys += f"filter = \"{REGION} = '{name}'\"\n"
        keys += f'task_queue = "{task_queue(name)}"\n'
        keys += f'start = {{ search_attributes = {{ {REGION} = "{name}" }} }}\n'
    return keys
