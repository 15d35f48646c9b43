"""Search attributes of the workflows that the bot starts. Each hint whose name the server has registered becomes one,
with a value of the registered type.

Temporal refuses a start that carries an unregistered attribute, so the bot asks the server which ones are registered.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import GetSearchAttributesRequest

from bot.adapters.temporal import payloads
from bot.adapters.temporal.cluster import TemporalCluster
from bot.errors import Refused

KEPT_FOR = timedelta(minutes=5)


def _to_datetime(text: str) -> str:
    """The text as an ISO 8601 moment with an offset. A text without an offset is taken as UTC, so a day becomes
    midnight UTC of that day. ``bot.fleet.runs.identity`` reads such a midnight as the same day, whatever the
    campaign's time zone is. Raises ValueError for a text that is neither a moment nor a day."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


_CONVERTERS: Mapping[int, Callable[[str], object]] = MappingProxyType(
    {
        IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD: str,
        IndexedValueType.INDEXED_VALUE_TYPE_TEXT: str,
        IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST: lambda text: [text],
        IndexedValueType.INDEXED_VALUE_TYPE_DATETIME: _to_datetime,
        IndexedValueType.INDEXED_VALUE_TYPE_INT: int,
    }
)


def encode_hints(hints: Mapping[str, str], kinds: Mapping[str, int]) -> dict[str, Payload]:
    """The hints that fit attributes of these kinds (``IndexedValueType``), as payloads by name. Other hints are left
    out: the memo has all hints."""
    encoded: dict[str, Payload] = {}
    for name, text in hints.items():
        convert = _CONVERTERS.get(kinds.get(name, IndexedValueType.INDEXED_VALUE_TYPE_UNSPECIFIED))
        if convert is None:
            continue
        try:
            encoded[name] = payloads.plain(convert(text))
        except ValueError:
            continue
    return encoded


def _type_name(kind: int) -> str:
    """The type as ``temporal operator search-attribute list`` shows it: ``KeywordList`` for
    INDEXED_VALUE_TYPE_KEYWORD_LIST."""
    try:
        name = IndexedValueType.Name(IndexedValueType.ValueType(kind))
    except ValueError:
        return f"of kind {kind}"
    return "".join(part.capitalize() for part in name.removeprefix("INDEXED_VALUE_TYPE_").split("_"))


class SearchAttributes:
    """The search attributes of one namespace, cached for ``KEPT_FOR``."""

    def __init__(self, temporal: TemporalCluster) -> None:
        self._temporal = temporal
        self._kinds: Mapping[str, int] = {}
        self._asked_at: float | None = None

    async def of(self, hints: Mapping[str, str], *, anew: bool = False) -> dict[str, Payload]:
        """The hints that fit the registered attributes (``encode_hints``). ``anew`` bypasses the cache. Raises
        Unavailable."""
        now = asyncio.get_running_loop().time()
        if anew or self._asked_at is None or now - self._asked_at > KEPT_FOR.total_seconds():
            self._kinds, self._asked_at = await self._fetch_kinds() or {}, now
        return encode_hints(hints, self._kinds)

    async def kinds(self) -> Mapping[str, str] | None:
        """The registered attributes with their types, as Temporal's own tools write them; None if the bot may not ask
        for them."""
        registered = await self._fetch_kinds()
        return None if registered is None else {name: _type_name(kind) for name, kind in registered.items()}

    async def _fetch_kinds(self) -> Mapping[str, int] | None:
        """The registered attributes with their kinds, from the operator service or else from the workflow service.
        None if both refuse, as they may when the bot's user may only run workflows."""
        for ask in (self._from_operator_service, self._from_workflow_service):
            try:
                return await ask()
            except Refused:
                continue
        return None

    async def _from_operator_service(self) -> Mapping[str, int]:
        async with self._temporal.asking() as client:
            answer = await client.operator_service.list_search_attributes(
                ListSearchAttributesRequest(namespace=client.namespace), retry=True, timeout=self._temporal.limit
            )
        return dict(answer.custom_attributes)

    async def _from_workflow_service(self) -> Mapping[str, int]:
        """Ask the workflow service, because Temporal Cloud does not offer the operator service."""
        async with self._temporal.asking() as client:
            answer = await client.workflow_service.get_search_attributes(
                GetSearchAttributesRequest(), retry=True, timeout=self._temporal.limit
            )
        return dict(answer.keys)
