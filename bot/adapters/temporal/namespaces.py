"""Makes sure that no two configured clusters use the same namespace, unless their list filters divide it.

Two clusters on one namespace would double every alert, and each would drive the sequences of the other. So the second
one is refused, even if it has another address. The reasons are in docs/decisions/one-namespace.md.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

import structlog
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, GetClusterInfoRequest
from temporalio.client import Client
from temporalio.service import RPCError

from bot.adapters.temporal.errors import KIND_OF_STATUS
from bot.errors import NotFound, Refused
from bot.model import Namespace

# An address may lead to another server later, so identities are asked for again.
KEPT_FOR = timedelta(minutes=1)
NEVER = datetime.min.replace(tzinfo=UTC)

_Answer = TypeVar("_Answer")

_log = structlog.get_logger(__name__)


class Namespaces:
    """Which cluster uses which Temporal namespace. While a cluster's server does not answer, the cluster keeps the
    namespace that was last found for it."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[Namespace, str]] = {}
        self._reported: set[tuple[str, str]] = set()

    def claim(self, cluster: str, system: str, namespace: Namespace, visibility_filter: str = "") -> None:
        """Claim a namespace, or the part of it that a filter selects, and release the previous claim. Two different
        filters select two parts. Raises Refused if another cluster has the namespace or the part."""
        self._held.pop(cluster, None)
        claims = ((name, other) for name, (held, other) in self._held.items() if held.is_same_as(namespace))
        taken = (name for name, other in claims if not (visibility_filter and other and visibility_filter != other))
        holder = next(taken, "")
        if not holder:
            self._held[cluster] = namespace, visibility_filter
            return
        if (cluster, holder) not in self._reported:
            self._reported.add((cluster, holder))
            _log.error(
                "two clusters are one namespace", cluster=cluster, watched_as=holder, namespace_id=namespace.id
            )
        raise Refused(
            system,
            f"{cluster} and {holder} are the same namespace of the same Temporal (namespace id {namespace.id}), and"
            f" the bot watches it as {holder} only: take one of the two out of backfill.toml, or correct its address",
        )


class Claimant(Protocol):
    """A cluster that can look up its namespace's identity, and claims it in the shared ``namespaces``."""

    namespaces: Namespaces

    async def identify(self) -> None: ...

    def claim(self) -> None: ...


async def assign_namespaces(clusters: Mapping[str, Claimant], last_seen: Mapping[str, datetime]) -> None:
    """Let the clusters claim their namespaces before anything else happens. If several clusters have the same
    namespace, the one that was watched last gets it; if none was watched yet, the first one configured. So the choice
    is the same after a restart and in every bot. A cluster that does not answer now claims later, if its namespace is
    still free.
    """
    shared = Namespaces()
    for cluster in clusters.values():
        cluster.namespaces = shared
    await asyncio.gather(*(cluster.identify() for cluster in clusters.values()))
    for name in sorted(clusters, key=lambda name: last_seen.get(name, NEVER), reverse=True):
        try:
            clusters[name].claim()
        except Refused:
            # The log already has the reason, and every call to this cluster raises it again.
            continue


async def namespace_of(client: Client, limit: timedelta) -> Namespace | None:
    """The identity of the client's namespace; None when the bot has no permission to ask for it. Raises errors of
    the client."""
    service = client.workflow_service
    described, server = await asyncio.gather(
        _or_none_if_refused(
            service.describe_namespace(
                DescribeNamespaceRequest(namespace=client.namespace), retry=True, timeout=limit
            )
        ),
        _or_none_if_refused(service.get_cluster_info(GetClusterInfoRequest(), retry=True, timeout=limit)),
    )
    if described is None or not described.namespace_info.id:
        return None
    is_replicated = described.is_global_namespace
    server_id = server.cluster_id if server and not is_replicated else ""
    return Namespace(server_id, described.namespace_info.id)


async def _or_none_if_refused(call: Awaitable[_Answer]) -> _Answer | None:
    """The answer; None where the server refuses the call or does not offer it."""
    try:
        return await call
    except RPCError as exc:
        if issubclass(KIND_OF_STATUS[exc.status], (Refused, NotFound)):
            return None
        raise
