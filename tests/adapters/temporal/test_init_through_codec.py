"""init reads encrypted runs of a real Temporal server through the codec server that the person names."""

import dataclasses
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from temporalio.client import Client
from temporalio.converter import DataConverter

from bot.adapters.temporal import TemporalEngine
from bot.config import ClickHouseAddress, TemporalAddress
from bot.fleet.onboarding.questions import Topic
from bot.ports.catalog import Catalog
from bot.usecases.init.codec import survey_through_codec
from bot.usecases.init.systems import Systems
from bot.wiring import utc_now
from tests.adapters.temporal.codec_stand_in import CodecStandIn, WorkersCodec
from tests.adapters.temporal.conftest import temporal_at
from tests.adapters.temporal.server import TemporalServer, eventually
from tests.fakes.catalog import FakeCatalog
from tests.fakes.interview import FakeInterview


def systems_of(server: TemporalServer, stack: AsyncExitStack) -> Systems:
    def engine(_name: str, _address: TemporalAddress) -> TemporalEngine:
        return TemporalEngine(temporal_at(server.address), utc_now)

    def decoding_engine(_name: str, _address: TemporalAddress, endpoint: str, auth: str) -> TemporalEngine:
        cluster = temporal_at(server.address)
        cluster.use_codec(endpoint, auth)
        stack.push_async_callback(cluster.codec.close)
        return TemporalEngine(cluster, utc_now)

    def catalog(_address: ClickHouseAddress, _password: str) -> Catalog:
        return FakeCatalog()

    return Systems(engine, decoding_engine, catalog)


@pytest.mark.parametrize("answer", ["", "none"], ids=["codec", "no codec"])
async def test_encrypted_arguments_and_memos_are_read_if_there_is_a_codec_server(
    server: TemporalServer, client: Client, unique: str, answer: str
) -> None:
    config = client.config()
    config["data_converter"] = dataclasses.replace(DataConverter.default, payload_codec=WorkersCodec())
    await Client(**config).start_workflow(
        f"Encrypted{unique}",
        {"tenant": "acme"},
        id=unique,
        task_queue=unique,
        memo={"tenant": "acme"},
        run_timeout=timedelta(minutes=5),
    )

    async def is_listed() -> int:
        return (await client.count_workflows(f"WorkflowId = '{unique}'")).count

    await eventually(is_listed, bool)
    async with CodecStandIn().serving() as there, AsyncExitStack() as stack:
        person = FakeInterview({Topic.CODEC: [answer or there.endpoint], Topic.CODEC_AUTH: [there.auth]})
        addresses = {"prod": TemporalAddress(address=server.address, namespace="default")}
        survey, codec = await survey_through_codec(addresses, person, systems_of(server, stack))

    [run] = [run for run in survey.runs if run.execution.ref.workflow_id == unique]
    if answer:
        assert (list(run.arguments), codec.endpoint) == ([None], "")
    else:
        assert (list(run.arguments), codec.endpoint) == ([{"tenant": "acme"}], there.endpoint)
        assert run.hints["tenant"] == "acme"
