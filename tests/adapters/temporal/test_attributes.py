"""Hints as search attributes: which ones, of what kind, and what happens where nobody may ask or one goes away."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesResponse,
    RemoveSearchAttributesRequest,
)
from temporalio.api.workflowservice.v1 import GetSearchAttributesResponse
from temporalio.client import Client
from temporalio.service import OperatorService, RPCError, RPCStatusCode, ServiceClient, WorkflowService

from bot.adapters.temporal import TemporalCluster, TemporalControl, TemporalEngine
from bot.adapters.temporal.attributes import encode_hints
from bot.config import TemporalAddress
from bot.errors import Refused
from bot.model import StartOrder
from tests.adapters.temporal.conftest import LIMIT
from tests.adapters.temporal.server import NOBODY, SEQUENCES, TemporalServer

KEYWORD = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
NOT_ADMITTED = RPCError("Request unauthorized.", RPCStatusCode.PERMISSION_DENIED, b"")


class ClosedOperatorService(OperatorService):
    """As Temporal Cloud's, which is for its own operators."""

    async def list_search_attributes(self, *_: Any, **__: Any) -> ListSearchAttributesResponse:
        raise NOT_ADMITTED


class TellingService(WorkflowService):
    """Tells which search attributes there are, or lets nobody ask."""

    def __init__(self, client: ServiceClient, kinds: Mapping[str, IndexedValueType.ValueType] | None) -> None:
        super().__init__(client)
        self._kinds = kinds

    async def get_search_attributes(self, *_: Any, **__: Any) -> GetSearchAttributesResponse:
        if self._kinds is None:
            raise NOT_ADMITTED
        return GetSearchAttributesResponse(keys=self._kinds)


class CloudLike(TemporalCluster):
    """A real server behind services that do not all admit the bot."""

    def __init__(self, address: str, kinds: Mapping[str, IndexedValueType.ValueType] | None) -> None:
        super().__init__("voice-prod", TemporalAddress(address=address, namespace="default"), LIMIT)
        self._kinds = kinds

    @asynccontextmanager
    async def asking(self, limit: timedelta | None = None) -> AsyncIterator[Client]:
        async with super().asking(limit) as client:
            services = client.service_client
            services.operator_service = ClosedOperatorService(services)
            services.workflow_service = TellingService(services, self._kinds)
            yield client


def order(workflow_id: str, **hints: str) -> StartOrder:
    return StartOrder(workflow_id, "CustomerBackfill", NOBODY, (), hints, workflow_id)


async def indexed(client: Client, workflow_id: str) -> dict[str, object]:
    described = await client.get_workflow_handle(workflow_id).describe()
    fields = described.raw_description.workflow_execution_info.search_attributes.indexed_fields
    return {name: json.loads(value.data) for name, value in fields.items() if name.startswith("Backfill")}


@pytest.mark.parametrize(
    ("kinds", "held"),
    [({"BackfillCustomer": KEYWORD}, {"BackfillCustomer": "hilton"}), ({}, {}), (None, {})],
    ids=["told by the workflow service", "told of none", "not told"],
)
async def test_where_the_operator_service_is_closed_the_other_one_is_asked_and_else_there_is_the_memo(
    server: TemporalServer,
    client: Client,
    unique: str,
    kinds: Mapping[str, IndexedValueType.ValueType] | None,
    held: dict[str, str],
) -> None:
    control = TemporalControl(CloudLike(server.address, kinds), SEQUENCES)
    await control.start(order(unique, BackfillCustomer="hilton", BackfillStart="2026-01-01"))

    memo = await (await client.get_workflow_handle(unique).describe()).memo()

    assert await indexed(client, unique) == held
    assert (memo["BackfillCustomer"], memo["BackfillStart"]) == ("hilton", "2026-01-01")


async def test_an_attribute_that_is_removed_while_the_bot_runs_costs_no_start(
    control: TemporalControl, client: Client, unique: str
) -> None:
    name = f"Backfill{unique}"
    await client.operator_service.add_search_attributes(
        AddSearchAttributesRequest(namespace="default", search_attributes={name: KEYWORD})
    )
    await control.start(order(f"{unique}-before", **{name: "hilton"}))
    await client.operator_service.remove_search_attributes(
        RemoveSearchAttributesRequest(namespace="default", search_attributes=[name])
    )

    await control.start(order(f"{unique}-after", **{name: "hilton"}))

    assert await indexed(client, f"{unique}-before") in ({name: "hilton"}, {})
    assert await indexed(client, f"{unique}-after") == {}


async def test_a_start_that_is_refused_for_another_reason_is_not_tried_again(
    control: TemporalControl, unique: str
) -> None:
    with pytest.raises(Refused, match="exceeds maximum allowed length"):
        await control.start(order(unique * 200, BackfillCustomer="hilton"))


@pytest.mark.parametrize(
    ("kind", "text", "held"),
    [
        (KEYWORD, "hilton", "hilton"),
        (IndexedValueType.INDEXED_VALUE_TYPE_TEXT, "hilton", "hilton"),
        (IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST, "hilton", ["hilton"]),
        (IndexedValueType.INDEXED_VALUE_TYPE_DATETIME, "2026-01-01", "2026-01-01T00:00:00+00:00"),
        (IndexedValueType.INDEXED_VALUE_TYPE_DATETIME, "2026-01-01T00:00:00-08:00", "2026-01-01T00:00:00-08:00"),
        (IndexedValueType.INDEXED_VALUE_TYPE_INT, "42", 42),
    ],
)
def test_a_search_attribute_gets_what_its_kind_can_hold(kind: int, text: str, held: object) -> None:
    [payload] = encode_hints({"Customer": text}, {"Customer": kind}).values()

    assert json.loads(payload.data) == held


@pytest.mark.parametrize(
    "kind",
    [
        IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
        IndexedValueType.INDEXED_VALUE_TYPE_INT,
        IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
        IndexedValueType.INDEXED_VALUE_TYPE_UNSPECIFIED,
    ],
)
def test_what_the_kind_of_an_attribute_cannot_hold_is_left_out(kind: int) -> None:
    assert encode_hints({"Customer": "hilton"}, {"Customer": kind}) == {}


async def test_what_is_registered_is_told_with_its_type_in_the_words_of_temporals_tools(
    engine: TemporalEngine,
) -> None:
    shown = await engine.search_attributes()

    assert shown
    assert (shown["BackfillCustomer"], shown["BackfillSince"], shown["BackfillRank"]) == (
        "Keyword",
        "Datetime",
        "Int",
    )


async def test_where_nobody_may_ask_for_search_attributes_nothing_is_told(server: TemporalServer) -> None:
    closed = TemporalEngine(CloudLike(server.address, None), lambda: datetime.now(UTC))

    assert await closed.search_attributes() is None
