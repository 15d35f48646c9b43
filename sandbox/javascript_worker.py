"""The worker of clusters whose team writes JavaScript. It runs only if Node.js and the worker's packages are
installed.

Otherwise the Python worker does the same work: the world is the same, and only the language differs.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.scenario.model import Language, Scenario
from sandbox.scenario.pace import world_pace
from sandbox.worker.copying import as_a_table
from sandbox.worker.shapes import SHAPES

FOLDER = Path(__file__).parent / "worker" / "javascript"


@dataclass(frozen=True)
class Addresses:
    """The addresses of the servers themselves, not of relays. `clickhouse` has a URL for each cluster."""

    temporal: str
    clickhouse: Mapping[str, str]


def in_javascript(scenario: Scenario) -> tuple[str, ...]:
    """The clusters whose team writes JavaScript."""
    return tuple(name for name, cluster in scenario.clusters.items() if cluster.language is Language.JAVASCRIPT)


def node_command(folder: Path = FOLDER) -> list[str] | None:
    """The command that starts the worker. The caller adds the path of a file that holds the result of ``orders``.
    None if Node.js or the packages of the folder are missing."""
    node = shutil.which("node")
    is_installed = (folder / "node_modules" / "@temporalio" / "worker").is_dir()
    return [node, str(folder / "worker.js")] if node and is_installed else None


def orders(scenario: Scenario, addresses: Addresses, speed: float) -> str:
    """What the worker has to know, as JSON, because it cannot read scenarios."""
    clusters = [_cluster(scenario, name, addresses.clickhouse[name], speed) for name in in_javascript(scenario)]
    return json.dumps({"temporal": addresses.temporal, "clusters": clusters})


def _cluster(scenario: Scenario, name: str, clickhouse: str, speed: float) -> dict[str, Any]:
    cluster, pace = scenario.clusters[name], world_pace(scenario.pace, speed)
    shape = SHAPES[cluster.shape]
    return {
        "namespace": scenario.namespace(name),
        "task_queue": shape.task_queue(name),
        "clickhouse": clickhouse,
        "beats_with_details": shape.details is as_a_table,
        "pace": {
            "heartbeat_timeout": pace.heartbeat_timeout.total_seconds(),
            "heartbeat_every": pace.heartbeat_every.total_seconds(),
            "retry_after": pace.retry_after.total_seconds(),
        },
        "customers": {
            customer: {
                "day_seconds": known.hours * 3600 / scenario.campaign.days / speed,
                "max_days": known.max_days,
                "silent_after_days": known.silent_after_days,
            }
            for customer, known in cluster.customers.items()
        },
    }
