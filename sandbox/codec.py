"""The payload codec of the sandbox's encrypted shape.

Encoded payloads have the encoding `binary/encrypted`, and look encrypted to a program without the codec. They are
not secret, because the key is in this file.
"""

import hashlib
from collections.abc import Sequence
from itertools import count, islice

from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

ENCODING = b"binary/encrypted"
_KEY = b"not a secret"


class SealingCodec(PayloadCodec):
    """Encodes every payload. Decodes only payloads that it has encoded, as codecs do."""

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [_sealed(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [_opened(payload) for payload in payloads]


def _sealed(payload: Payload) -> Payload:
    return Payload(metadata={"encoding": ENCODING}, data=_mixed(payload.SerializeToString()))


def _opened(payload: Payload) -> Payload:
    if payload.metadata.get("encoding") != ENCODING:
        return payload
    return Payload.FromString(_mixed(payload.data))


def _mixed(data: bytes) -> bytes:
    """The bytes, mixed with the key. Mixing them again gives the original bytes."""
    blocks = (hashlib.sha256(_KEY + number.to_bytes(8, "big")).digest() for number in count())
    stream = islice((byte for block in blocks for byte in block), len(data))
    return bytes(byte ^ key for byte, key in zip(data, stream, strict=True))
