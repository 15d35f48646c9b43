"""What the bot starts on a real server, it recognises by each source that its mapping names, without its own memo."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.adapters.temporal import TemporalControl, TemporalEngine
from bot.config import Config
from bot.fleet.planning.start_request import start_order
from bot.fleet.runs.call_budget import CallBudget
from bot.fleet.runs.identity import Identity
from bot.fleet.runs.mapping import ORDER_KEY, OWN_FIELDS
from bot.model import Execution
from bot.usecases.definitions import recogniser, start_template
from bot.usecases.observe.inputs import InputReader
from tests.adapters.temporal.server import NOBODY
from tests.fakes.services import config
from tests.fleet.builders import CAMPAIGN

CLUSTER = "voice-prod"
SHAPES: Mapping[str, Mapping[str, Any]] = {
    "input": {
        "identity": {
            "order": ["input"],
            "input": {"customer": "[0].tenant.slug", "start": "[0].range.from", "end": "[0].range.to"},
            "end": "included",
        },
        "start": {"input": [{"tenant": {"slug": "{customer}"}, "range": {"from": "{start}", "to": "{last}"}}]},
    },
    "epochs": {
        "identity": {
            "order": ["input"],
            "input": {"customer": "[0]", "start": "[1]", "days": "[2]"},
            "dates": "epoch_ms",
        },
        "start": {"input": ["{customer}", "{start:epoch_ms}", "{days}"]},
    },
    "id": {"identity": {"order": ["id"], "id": "bf:{customer}:{start:%Y%m%d}-{last:%Y%m%d}{*}"}},
    "memo": {
        "identity": {
            "order": ["memo"],
            "memo": {"customer": "t", "start": "f", "end": "u"},
            "end": {"memo": "included"},
        }
    },
    "attribute and input": {
        "identity": {
            "order": ["attributes", "input"],
            "attributes": {"customer": "BackfillCustomer"},
            "input": {"start": "[0].from", "end": "[0].to"},
            "end": {"input": "included"},
        },
        "start": {"input": [{"from": "{start}", "to": "{last}"}]},
    },
    "id and memo": {
        "identity": {
            "order": ["memo", "id"],
            "memo": {"start": "f", "days": "n"},
            "id": "bf/{customer}/{*}",
        },
        "start": {"id": "bf/{customer}/{start}_{days}", "input": []},
    },
    "options": {
        "identity": {"order": ["id"]},
        "start": {
            "execution_timeout": "3d",
            "run_timeout": "1d",
            "retry": {"attempts": 1},
            "priority": {"key": 2, "fairness": "bulk-{customer}"},
        },
    },
}


def configured(shape: str) -> Config:
    workflow = {"types": ["CustomerBackfill"], "task_queue": NOBODY, **SHAPES[shape]}
    return config({CLUSTER: ("hilton",)}, workflow=workflow)


def without_own_memo(run: Execution) -> Execution:
    own = (*OWN_FIELDS, ORDER_KEY)
    return replace(run, hints={name: text for name, text in run.hints.items() if name not in own})


@pytest.mark.parametrize("shape", SHAPES)
async def test_it_recognises_what_it_has_started(
    engine: TemporalEngine, control: TemporalControl, unique: str, shape: str
) -> None:
    wanted, of_shape = Identity(f"hilton-{unique}", CAMPAIGN), configured(shape)
    known = recogniser(of_shape)
    inputs = InputReader(CLUSTER, engine, known, None, 4, CallBudget(100))

    ref = await control.start(start_order(start_template(of_shape, CLUSTER), wanted.customer, CAMPAIGN, unique))

    described = (await engine.describe(ref)).execution
    assert known.identify(described) == wanted
    [run] = await inputs.with_inputs([without_own_memo(described)], timedelta(seconds=5))
    assert known.identify(run) == wanted


async def test_the_options_of_a_start_reach_the_server(
    engine: TemporalEngine, control: TemporalControl, unique: str, client: Any
) -> None:
    template = start_template(configured("options"), CLUSTER)

    ref = await control.start(start_order(template, f"hilton-{unique}", CAMPAIGN, unique))

    raw = (await client.get_workflow_handle(ref.workflow_id).describe()).raw_description
    assert raw.execution_config.workflow_execution_timeout.ToTimedelta() == timedelta(days=3)
    assert raw.execution_config.workflow_run_timeout.ToTimedelta() == timedelta(days=1)
    priority = raw.workflow_execution_info.priority
    assert (priority.priority_key, priority.fairness_key) == (2, f"bulk-hilton-{unique}")


async def test_a_window_waits_behind_live_work_and_customers_take_turns_unless_the_team_says_otherwise(
    control: TemporalControl, unique: str, client: Any
) -> None:
    template = start_template(configured("id"), CLUSTER)

    ref = await control.start(start_order(template, f"hilton-{unique}", CAMPAIGN, unique))

    raw = (await client.get_workflow_handle(ref.workflow_id).describe()).raw_description
    priority = raw.workflow_execution_info.priority
    assert (priority.priority_key, priority.fairness_key) == (4, f"hilton-{unique}")
