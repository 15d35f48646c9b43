"""Makes inputs from a seed: typed lines, values of buttons, requests; near to what is right, and far from it."""

import json
from collections.abc import Callable
from random import Random
from typing import Any
from urllib.parse import urlencode

from bot.actions import ActionId
from handlers.routes import COMMANDS
from handlers.transport.request_verification import FORM, JSON
from tests.handlers.bolt import payload

NAMES = ("hilton", "voice-prod", "voice-prod/hilton", "all", "backfill-2026-01-01", "payload-corp", "x" * 300)
DAYS = ("2026-01-01", "2026-02-21", "2026-02-30", "0000-00-00", "9999-12-31", "today", "yesterday", "..")
OPTIONS = ("windows", "whole", "missing", "failed", "by", "day", "window", "5d", "0d", "-3d", "999999999999d", "2h")
# Quotes and spaces of phones, marks that hide or turn, escapes and mentions as Slack sends them.
ODD = (
    *("\u00a0", "\u200b", "\u202e", "“", "’", "—", "&amp;", "&lt;!channel&gt;", "<@U1>", "<#C1|>", "<https://x.y|z>"),
    *("\x00", "\x1b[31m", "\n", "\t", "😀", "é", "\u0661", "`", "*", "../..", "'; DROP TABLE x;--", "${x}", "%s"),
)
SCALARS: tuple[Any, ...] = (None, True, False, 0, -1, 1e308, 10**40, "", "e1", "2026-01-01", "30m", "change")
KINDS = (FORM, FORM, FORM, JSON, JSON, "text/plain", "", f"{FORM}; charset=utf-8", "multipart/form-data; boundary=x")
RECORDED = ("slash", "button", "menu", "submission")
CUT, DEEP = 40, 3_000


class Inputs:
    """Everything it makes follows from the seed."""

    def __init__(self, seed: int) -> None:
        self._dice = Random(seed)

    def text(self) -> str:
        """What somebody may type behind the command."""
        words = [self._word() for _ in range(self._dice.randrange(9))]
        if self._dice.random() < 0.7:
            words.insert(0, self._dice.choice(COMMANDS).word())
        text = self._dice.choice((" ", " ", " ", "  ", "..", "")).join(words)
        return self._spoilt(text) if self._dice.random() < 0.2 else text

    def action_id(self) -> str:
        """Which element was clicked."""
        return str(self._dice.choice([*ActionId, "x", ""]))

    def value(self) -> str:
        """The value of a button, or what a dialog remembers."""
        value = json.dumps(self._like_a_value())
        return self._spoilt(value) if self._dice.random() < 0.3 else value

    def request(self) -> tuple[bytes, str]:
        """A body and its content type."""
        make: Callable[[], tuple[bytes, str]] = self._dice.choice(
            (self._command, self._command, self._interaction, self._interaction, self._event, self._noise)
        )
        body, kind = make()
        if self._dice.random() < 0.15:
            body = self._damaged(body)
        return body, self._dice.choice(KINDS) if self._dice.random() < 0.1 else kind

    def chance(self, share: float) -> bool:
        """True for this share of its calls."""
        return self._dice.random() < share

    def one_of(self, *these: Any) -> Any:
        """Any of these."""
        return self._dice.choice(these)

    def _word(self) -> str:
        commands = [command.word() for command in COMMANDS]
        words = self._dice.choice((commands, NAMES, DAYS, OPTIONS, ODD))
        return str(self._dice.choice(words))

    def _spoilt(self, text: str) -> str:
        at = self._dice.randrange(len(text) + 1)
        odd = self._dice.choice((*ODD, chr(self._dice.randrange(0xD7FF)), "[" * DEEP))
        return text[:at] + odd + text[at + self._dice.randrange(3) :]

    def _like_a_value(self) -> Any:
        """What this version draws, or nearly so, or something else."""
        about = {"target": self._word(), "days": self._dice.choice((None, 5))}
        kind = self._dice.choice(COMMANDS).model_fields["kind"].default
        drawn: dict[str, Any] = self._dice.choice(
            (
                {"episode": self._word()},
                {"episode": self._word(), "choice": self._dice.choice(("30m", "change", "x"))},
                {"target": self._word()},
                {"target": self._word(), "start": self._dice.choice(DAYS), "end": self._dice.choice(DAYS)},
                {"command": {"kind": kind, **(about if self.chance(0.5) else {"target": "hilton"})}, "digest": "d1"},
            )
        )
        if self.chance(0.4):
            self._change(drawn)
        return self._junk() if self.chance(0.1) else drawn

    def _junk(self, depth: int = 0) -> Any:
        if depth < 3 and self._dice.random() < 0.3:
            names = self._dice.sample(("kind", "target", "days", "which", "id", "text", "values"), 2)
            inner = [self._junk(depth + 1) for _ in names]
            return self._dice.choice((inner, dict(zip(names, inner, strict=True))))
        kinds = [command.model_fields["kind"].default for command in COMMANDS]
        return self._dice.choice((*SCALARS, self._word(), self._dice.choice(kinds), "\ud800", [], {}))

    def _command(self) -> tuple[bytes, str]:
        posted = payload("slash") | {"text": self.text(), "response_url": ""}
        self._change(posted)
        fields = {name: value if isinstance(value, str) else json.dumps(value) for name, value in posted.items()}
        return urlencode(fields, errors="replace").encode(), FORM

    def _interaction(self) -> tuple[bytes, str]:
        posted = payload(self._dice.choice(RECORDED[1:])) | {"response_url": ""}
        if "actions" in posted:
            posted["actions"][0] |= {"action_id": self.action_id(), "value": self.value()}
        elif self._dice.random() < 0.7:
            posted["view"]["private_metadata"] = self.value()
        self._change(posted)
        return urlencode({"payload": json.dumps(posted)}).encode(), FORM

    def _event(self) -> tuple[bytes, str]:
        kinds = ("url_verification", "event_callback", "app_rate_limited", "view_closed", "block_suggestion")
        posted: dict[str, Any] = {"type": self._dice.choice(kinds), "challenge": "c", "event": {"type": "message"}}
        self._change(posted)
        return json.dumps(posted).encode(), JSON

    def _noise(self) -> tuple[bytes, str]:
        deep = self._dice.choice((b"[", b'{"a":', b"payload=[", b"a=1&")) * self._dice.randrange(DEEP)
        return self._dice.choice((deep, self._dice.randbytes(self._dice.randrange(200)))), self._dice.choice(KINDS)

    def _change(self, body: dict[str, Any]) -> None:
        """Some of its fields, at any depth, are left out or are something else."""
        while self._dice.random() < 0.4:
            inside = self._somewhere(body)
            name = self._dice.choice([*inside, "x"])
            if self._dice.random() < 0.3:
                inside.pop(name, None)
            else:
                inside[name] = self._junk()

    def _somewhere(self, body: dict[str, Any]) -> dict[str, Any]:
        inner = [each for value in body.values() for each in (value if isinstance(value, list) else [value])]
        objects = [each for each in inner if isinstance(each, dict)]
        if objects and self._dice.random() < 0.6:
            return self._somewhere(self._dice.choice(objects))
        return body

    def _damaged(self, body: bytes) -> bytes:
        at = self._dice.randrange(len(body) + 1)
        return self._dice.choice((body[:at], body[:at] + self._dice.randbytes(3) + body[at + CUT :], body * 2))
