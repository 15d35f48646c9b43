"""RemoteCodec: encodes what the bot sends to a cluster's Temporal, and decodes what it reads there.

A payload that no codec has encoded is passed through, so data from before there was a codec stays readable. A payload
that the codec refuses to decode, for example because its key is gone, stays encrypted; all others are still read.
When the codec does not answer, Unavailable is raised. Otherwise callers would take the readable part of the data for
all of it.
"""

import asyncio
import hashlib
import math
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from time import monotonic

from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from bot.adapters.temporal import payloads
from bot.adapters.temporal.codec_server import CodecPath, CodecServer, DataRefused
from bot.computing import compute
from bot.errors import Unavailable

# The limits of one request. A single payload that exceeds MOST_BYTES is sent in a request of its own.
MOST_PAYLOADS = 500
MOST_BYTES = 1024 * 1024
AT_ONCE = 4
# After this many refused requests, decoding gives up. It takes about ten to find one refused payload among
# MOST_PAYLOADS, because each refused request is halved.
MOST_REFUSALS = 40
# In bytes. A payload is kept in memory if it takes at most LARGEST_KEPT together with its decoded form. All kept
# payloads take at most MOST_KEPT. Memos of thousands of runs come with each listing and never change.
LARGEST_KEPT = 4 * 1024
MOST_KEPT = 32 * 1024 * 1024
# A missing key may be restored, so refused payloads are tried again after this time.
REFUSED_FOR = timedelta(minutes=30)
# Short payloads that are sent again and again: the longest in bytes, how many encoded forms are kept, and for how
# long.
LONGEST_REPEATED = 24
MOST_REPEATED = 1_000
REPEATED_FOR = timedelta(minutes=10)
JSON_PLAIN = b"json/plain"
PROBE = "backfill-bot check"


class RemoteCodec(PayloadCodec):
    """The codec of one cluster, which remembers what it has decoded."""

    def __init__(self, server: CodecServer) -> None:
        self._server = server
        self._known = _Cache()
        self._repeated = _Repeated()
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encode all payloads, in their order. Raises Unavailable."""
        if len(payloads) == 1 and (repeated := self._repeated.get(payloads[0])):
            return [repeated]
        answers = await asyncio.gather(*(self._encoded(chunk) for chunk in _chunks(payloads)))
        encoded = [payload for answer in answers for payload in answer]
        if len(payloads) == 1:
            self._repeated.put(payloads[0], encoded[0])
        return encoded

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Decode all payloads, in their order. A payload that is not encoded, or that the codec refuses, is returned
        as it is. Raises Unavailable."""
        # In a thread, because the memos of a thousand runs would block the event loop.
        found = await compute(self._known.all_of, payloads)
        missing = [payload for payload, known in zip(payloads, found, strict=True) if known is None]
        answers = await asyncio.gather(*(self._decoded(chunk, _Refusals()) for chunk in _chunks(missing)))
        decoded = iter([payload for answer in answers for payload in answer])
        return [next(decoded) if known is None else known for known in found]

    def decode_known(self, payloads: Sequence[Payload]) -> list[Payload] | None:
        """Decode from memory, without a request. A payload that no codec has encoded, or that the codec has refused
        lately, is returned as it is. None if the decoded form of any other payload is not in memory."""
        found = [payload for payload in self._known.all_of(payloads) if payload is not None]
        return found if len(found) == len(payloads) else None

    async def close(self) -> None:
        """Close the connections."""
        await self._server.close()

    async def check(self) -> str:
        """One line about the codec. Raises Unavailable when what it has encoded is not the same after decoding."""
        sample = payloads.plain(PROBE)
        [encoded] = await self.encode([sample])
        if encoded == sample:
            return f"the codec at {self._server.endpoint} answers, and leaves what the bot starts as it is"
        try:
            [decoded] = await self._server.ask(CodecPath.DECODE, [encoded])
        except DataRefused as exc:
            raise Unavailable(self._server.system, f"it refuses to decode what it has encoded: {exc}") from exc
        if decoded != sample:
            raise Unavailable(self._server.system, "it does not decode what it has encoded")
        return f"the codec at {self._server.endpoint} encodes and decodes"

    async def _encoded(self, chunk: Sequence[Payload]) -> list[Payload]:
        try:
            async with self._turns:
                return await self._server.ask(CodecPath.ENCODE, chunk)
        except DataRefused as exc:
            raise Unavailable(self._server.system, f"it refuses to encode what the bot sends: {exc}") from exc

    async def _decoded(self, chunk: Sequence[Payload], refusals: "_Refusals") -> list[Payload]:
        """Decode one chunk. If the codec refuses it, decode each half alone, and so on, until the refused payloads
        are found. Raises Unavailable when the codec is broken, or refuses more than ``MOST_REFUSALS`` requests; the
        next call continues with the payloads that are still unknown."""
        try:
            async with self._turns:
                answer = await self._server.ask(CodecPath.DECODE, chunk)
        except DataRefused as exc:
            await self._refused(exc, refusals)
            if len(chunk) > 1:
                half = len(chunk) // 2
                return [
                    *await self._decoded(chunk[:half], refusals),
                    *await self._decoded(chunk[half:], refusals),
                ]
            answer = list(chunk)
        self._known.put(chunk, answer)
        return answer

    async def _refused(self, refusal: DataRefused, refusals: "_Refusals") -> None:
        """Count a refused request. Raises Unavailable when the codec is broken, or has refused more than
        ``MOST_REFUSALS``."""
        if not refusal.is_certain and not refusals.number:
            await self.check()
        refusals.number += 1
        if refusals.number > MOST_REFUSALS:
            raise Unavailable(self._server.system, f"it refuses much of what is to be decoded: {refusal}")


@dataclass
class _Refusals:
    """How many requests about one chunk were refused."""

    number: int = 0


class _Repeated:
    """The encoded form of short payloads that the bot sends again and again; longer payloads are encoded each time.

    A sequence follows each of its runs by an activity. Thousands of these activities send the same number in a
    heartbeat every few seconds, and Temporal cancels an activity whose heartbeat cannot be encoded.
    """

    def __init__(self) -> None:
        self._encoded: dict[bytes, tuple[Payload, float]] = {}

    def get(self, payload: Payload) -> Payload | None:
        if payload.metadata.get("encoding") != JSON_PLAIN:
            return None
        encoded, until = self._encoded.get(payload.data, (None, 0.0))
        return encoded if until > monotonic() else None

    def put(self, payload: Payload, encoded: Payload) -> None:
        if payload.metadata.get("encoding") != JSON_PLAIN or len(payload.data) > LONGEST_REPEATED:
            return
        if len(self._encoded) >= MOST_REPEATED:
            self._encoded.clear()
        self._encoded[payload.data] = encoded, monotonic() + REPEATED_FOR.total_seconds()


class _Cache:
    """The decoded form of payloads. Forgets the least recently used ones, and after ``REFUSED_FOR`` those that the
    codec refused."""

    def __init__(self) -> None:
        self._decoded: OrderedDict[bytes, tuple[Payload, float, int]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def all_of(self, encoded: Sequence[Payload]) -> list[Payload | None]:
        """The decoded form of each payload; None where it is not in memory. A payload that no codec has encoded is
        returned as it is."""
        with self._lock:
            return [self._get(payload) if payloads.is_encrypted(payload) else payload for payload in encoded]

    def put(self, encoded: Sequence[Payload], decoded: Sequence[Payload]) -> None:
        """Remember for each encoded payload its decoded form."""
        with self._lock:
            for before, after in zip(encoded, decoded, strict=True):
                self._put(before, after)

    def _put(self, encoded: Payload, decoded: Payload) -> None:
        key, size = _key(encoded), encoded.ByteSize() + decoded.ByteSize()
        if size > LARGEST_KEPT:
            return
        self._discard(key)
        until = monotonic() + REFUSED_FOR.total_seconds() if encoded == decoded else math.inf
        self._decoded[key] = decoded, until, size
        self._size += size
        while self._size > MOST_KEPT:
            self._discard(next(iter(self._decoded)))

    def _get(self, encoded: Payload) -> Payload | None:
        key = _key(encoded)
        decoded, until, _ = self._decoded.get(key, (None, math.inf, 0))
        if until < monotonic():
            self._discard(key)
            return None
        if decoded:
            self._decoded.move_to_end(key)
        return decoded

    def _discard(self, key: bytes) -> None:
        *_, size = self._decoded.pop(key, (None, 0.0, 0))
        self._size -= size


def _key(payload: Payload) -> bytes:
    return hashlib.sha256(payload.SerializeToString(deterministic=True)).digest()


def _chunks(all_payloads: Sequence[Payload]) -> Iterator[list[Payload]]:
    chunk: list[Payload] = []
    size = 0
    for payload in all_payloads:
        if chunk and (len(chunk) >= MOST_PAYLOADS or size + payload.ByteSize() > MOST_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(payload)
        size += payload.ByteSize()
    if chunk:
        yield chunk
