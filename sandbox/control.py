"""The sandbox's own control routes: the state of the world, the relays of its clusters, and restarts of servers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.errors import SandboxError
from sandbox.relay import HOST, Mode, Relay
from sandbox.restarts import RestartInProgress, Restarts, Server, process_name

NOT_READY = "the world does not stand yet"


class Part(StrEnum):
    TEMPORAL = "temporal"
    CLICKHOUSE = "clickhouse"
    BOTH = "both"


class RelayRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    cluster: str
    part: Part
    mode: Mode
    delay_ms: int = Field(default=0, ge=0, le=60_000)


class RestartRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    part: Server
    cluster: str | None = None
    down_seconds: float = Field(default=0, ge=0, le=60)

    @property
    def process(self) -> str:
        return process_name(self.part, self.cluster)


@dataclass(frozen=True)
class ClusterRelays:
    temporal: Relay
    clickhouse: Relay

    def of(self, part: Part) -> Sequence[Relay]:
        return {
            Part.TEMPORAL: (self.temporal,),
            Part.CLICKHOUSE: (self.clickhouse,),
            Part.BOTH: (self.temporal, self.clickhouse),
        }[part]


class Control:
    """The routes. They exist before the world does: `relays` is filled later, and `describe` returns None until
    then."""

    def __init__(
        self,
        relays: Mapping[str, ClusterRelays],
        describe: Callable[[], dict[str, Any] | None],
        restarts: Restarts,
    ) -> None:
        self._relays = relays
        self._describe = describe
        self._restarts = restarts

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_control/world", self._world),
            web.get("/_control/relay", self._show_relays),
            web.post("/_control/relay", self._switch_relay),
            web.post("/_control/restart", self._restart),
        ]

    async def _world(self, _: web.Request) -> web.Response:
        world = self._describe()
        if world is None:
            return _refusal(404, NOT_READY)
        return web.json_response(world)

    async def _show_relays(self, _: web.Request) -> web.Response:
        shown = [
            _shown(cluster, part, relay)
            for cluster, relays in self._relays.items()
            for part in (Part.TEMPORAL, Part.CLICKHOUSE)
            for relay in relays.of(part)
        ]
        return web.json_response({"relays": shown})

    async def _switch_relay(self, http: web.Request) -> web.Response:
        try:
            order = RelayRequest.model_validate_json(await http.read())
        except ValidationError as error:
            return _refusal(400, _sentence(error))
        relays = self._relays.get(order.cluster)
        if relays is None:
            return self._unknown(order.cluster)
        if (order.mode is Mode.SLOW) != (order.delay_ms > 0):
            return _refusal(400, "delay_ms belongs to mode slow, which needs it to be more than 0")
        for relay in relays.of(order.part):
            relay.switch(order.mode, order.delay_ms)
        return await self._show_relays(http)

    async def _restart(self, http: web.Request) -> web.Response:
        try:
            order = RestartRequest.model_validate_json(await http.read())
        except ValidationError as error:
            return _refusal(400, _sentence(error))
        if (order.part is Server.CLICKHOUSE) != (order.cluster is not None):
            return _refusal(400, "cluster belongs to part clickhouse, which needs it")
        if order.cluster is not None and order.cluster not in self._relays:
            return self._unknown(order.cluster)
        if not self._restarts.knows(order.process):
            return _refusal(404, NOT_READY)
        return await self._restarted(order)

    async def _restarted(self, order: RestartRequest) -> web.Response:
        try:
            away = await self._restarts.restart(order.process, order.down_seconds)
        except RestartInProgress:
            return _refusal(409, f"{order.process} is being restarted already")
        except SandboxError as error:  # the world ends with the same error
            return _refusal(500, str(error))
        return web.json_response({"away_seconds": round(away, 3)})

    def _unknown(self, cluster: str) -> web.Response:
        return _refusal(404, f"there is no cluster {cluster!r}; there are {_listed(self._relays)}")


def _shown(cluster: str, part: Part, relay: Relay) -> dict[str, Any]:
    return {
        "cluster": cluster,
        "part": part,
        "mode": relay.mode,
        "delay_ms": relay.delay_ms,
        "address": f"{HOST}:{relay.port}",
        "direct": f"{HOST}:{relay.target_port}",
    }


def _refusal(status: int, sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=status)


def _sentence(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, mistake['loc'])) or 'body'}: {mistake['msg']}" for mistake in error.errors()
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none yet"
