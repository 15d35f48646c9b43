"""Payloads as text: equal values are equal text, and nothing foreign keeps the fleet from being read."""

import json

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload

from bot.adapters.temporal import payloads
from bot.fleet.runs.heartbeat import Progress
from bot.redaction import redact

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def plain(data: bytes, encoding: bytes = b"json/plain") -> Payload:
    return Payload(metadata={"encoding": encoding}, data=data)


@example({"X-CLICKHOUSE-KEY": None})
@settings(deadline=None)
@given(JSON)
def test_one_heartbeat_value_without_a_secret_is_told_as_itself(value: object) -> None:
    assume(redact(json.dumps(value)) == json.dumps(value))
    assume(value is not None and value not in ("", [], {}))
    shown = payloads.details([plain(json.dumps(value).encode())])

    assert len(shown) > payloads.LONGEST_DETAILS or json.loads(shown) == value


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=5), st.integers(), max_size=5))
def test_the_order_of_keys_makes_no_change(value: dict[str, int]) -> None:
    there = plain(json.dumps(value).encode())
    back = plain(json.dumps(dict(reversed(value.items())), indent=1).encode())

    assert payloads.details([there]) == payloads.details([back])


@settings(deadline=None)
@given(
    st.lists(
        st.builds(plain, st.binary(), st.sampled_from([b"json/plain", b"binary/encrypted", b"binary/null", b""]))
    )
)
def test_foreign_payloads_are_text_and_a_change_in_them_shows(foreign: list[Payload]) -> None:
    shown = payloads.details(foreign)
    changed = payloads.details([*foreign, plain(b"\x00", b"binary/encrypted")])

    assert shown != changed


BARE = [plain(b"", b"binary/null"), plain(b"null"), plain(b'""'), plain(b"[]"), plain(b"{}")]


@pytest.mark.parametrize("sent", [[], *([payload] for payload in BARE), BARE])
def test_a_heartbeat_whose_details_hold_nothing_has_none(sent: list[Payload]) -> None:
    assert payloads.details(sent) == ""


@pytest.mark.parametrize("value", ["0", "false", "[null]", "[0]"])
def test_a_value_that_only_looks_like_nothing_is_told(value: str) -> None:
    assert payloads.details([plain(value.encode())]) == value


def test_what_only_a_codec_can_read_is_called_encrypted_and_what_is_binary_or_broken_a_digest() -> None:
    shown = payloads.details(
        [
            plain(b'"day"'),
            plain(b"7"),
            plain(b"\x01\x02", b"binary/encrypted"),
            plain(b"\x01\x02", b"zlib"),
            plain(b"\x01\x02", b"binary/protobuf"),
            plain(b"{", b"json/plain"),
        ]
    )

    *others, binary, broken = json.loads(shown)
    assert others == ["day", 7, "encrypted", "encrypted"]
    assert binary.startswith("not readable: sha256 ")
    assert broken.startswith("not readable: sha256 ")


def test_details_too_long_to_keep_are_a_digest_that_still_changes() -> None:
    long = [plain(json.dumps("x" * size).encode()) for size in (5000, 5001)]
    first, other = (payloads.details([payload]) for payload in long)

    assert len(first) < 100
    assert first != other


def test_hints_are_text_whatever_their_type_and_unreadable_ones_are_left_out() -> None:
    attributes = {
        "customer": plain(b'"hilton"'),
        "list": plain(b'["one"]'),
        "number": plain(b"5"),
        "sealed": plain(b"\x01", b"binary/encrypted"),
        "nothing": plain(b"null"),
    }
    memo = {"customer": plain(b'"memo"'), "sealed": plain(b'"readable"')}

    assert payloads.hints(attributes, memo) == {
        "customer": "hilton",
        "list": "one",
        "number": "5",
        "sealed": "readable",
    }


@pytest.mark.parametrize("name", ["xoxb-media", "eyJaaaaaaaa", "bearer abc", "basic 4you", "a password=b12 c"])
def test_a_name_is_told_as_it_is_whatever_it_looks_like(name: str) -> None:
    assert payloads.hints({"AccountKey": plain(json.dumps(name).encode())}) == {"AccountKey": name}


def test_nesting_beyond_reason_is_not_readable_rather_than_a_crash() -> None:
    shown = payloads.details([plain(b"[" * 100_000)])

    assert json.loads(shown).startswith("not readable")


def test_what_is_no_character_is_replaced_before_anybody_keeps_or_says_it() -> None:
    half = plain(rb'{"note":"done \ud83d","more\ud83d":["\u0000"]}')
    shown = payloads.details([half])
    named = payloads.hints({"customer": plain(rb'"hil\ud83dton\u0000"'), "why": half})
    long = payloads.details([plain(rb'"\ud83d' + b"x" * 5_000 + b'"')])

    assert json.loads(shown)["note"] == "done \ufffd"
    assert named["customer"] == "hil\ufffdton\ufffd"
    assert all(text.encode() for text in (shown, long, *named.values()))
    assert "\0" not in Progress.of(shown).text
