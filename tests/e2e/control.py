"""The sandbox's control API as plain functions, and ClickHouse as a person with a terminal would ask it."""

import json
import re
import time
import urllib.parse
import urllib.request
from typing import Any

from tests.e2e.asking import BETWEEN_COMMANDS, answers_of

# In seconds; far above what a quiet machine takes.
TIMEOUT = 60.0
ANSWER_LIMIT = 240.0
KNOWN_WITHIN = 120.0


class Control:
    """Does what people in the channel do, and looks at what they see."""

    def __init__(self, url: str) -> None:
        self._url = url

    def post(self, path: str, **body: Any) -> Any:
        """One call that changes something."""
        data = json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, {"Content-Type": "application/json"})
        return self._answer(request)

    def get(self, path: str, **query: str) -> Any:
        """One call that looks."""
        return self._answer(urllib.request.Request(f"{self._url}{path}?{urllib.parse.urlencode(query)}"))

    def command(self, text: str, user: str = "olivia", channel: str = "backfills") -> Any:
        """Type a command; the delivery with its ack."""
        return self.post("_control/command", user=user, channel=channel, text=text)

    def ask(self, text: str, user: str = "olivia", channel: str = "backfills") -> str:
        """Type a command and wait for what the bot answers."""
        return str(self.ask_message(text, user, channel)["text"])

    def ask_until_known(self, text: str) -> str:
        """What the bot answers once it knows everything. On a busy machine systems may not answer within the bot's
        time limits, and how runs ended is read bit by bit; a person asks again then."""
        deadline = time.monotonic() + KNOWN_WITHIN
        while _is_partly_unknown(answer := self.ask(text)) and time.monotonic() < deadline:
            time.sleep(BETWEEN_COMMANDS)
        return answer

    def ask_message(self, text: str, user: str = "olivia", channel: str = "backfills") -> dict[str, Any]:
        """The same, as the whole message."""
        before = {message["ts"] for message in self.messages(channel)}
        started = time.monotonic()
        delivery = self.command(text, user, channel)
        assert delivery["error"] != "dispatch_failed", f"{text!r} did not reach the bot"
        for messages in answers_of(lambda: self.messages(channel)):
            found = [message for message in messages if message["ts"] not in before and _is_answer(message)]
            if found:
                return found[0]
            if time.monotonic() - started > ANSWER_LIMIT:
                break
        raise AssertionError(f"no answer to {text!r} within {ANSWER_LIMIT:g} s")

    def messages(self, channel: str = "backfills", thread_ts: str = "") -> list[dict[str, Any]]:
        """What the channel, or one thread, shows."""
        thread = {"thread_ts": thread_ts} if thread_ts else {}
        found: list[dict[str, Any]] = self.get("_control/messages", channel=channel, **thread)["messages"]
        return found

    def alerts(self) -> list[dict[str, Any]]:
        """Roots of episodes: what the bot has said unasked that is no digest and no reply."""
        return [m for m in self.messages() if _key(m).startswith(("episode:", "storm:")) and _is_root(m)]

    def cards(self) -> list[dict[str, Any]]:
        """The message about each alert alone: a root, or a line in the thread of its group."""
        every = [m for root in self.alerts() for m in self.messages(thread_ts=root["ts"])]
        groups = {_key(m).removesuffix(":alert") for m in every if _is_own(m)}
        mine = [m for m in every if _key(m).startswith("episode:") and _key(m) not in groups]
        return [m for m in mine if _key(m).count(":") - _is_own(m) == 1]

    def announcements(self) -> list[str]:
        """What is told once: the texts about clusters, and about the campaign, that are complete."""
        return [m["text"] for m in self.messages() if _key(m).startswith("complete:")]

    def alert(self, name: str) -> dict[str, Any]:
        """The latest alert of a customer, {} without one."""
        return max(self.alerts_of(name), key=lambda card: float(card["ts"]), default={})

    def alerts_of(self, name: str) -> list[dict[str, Any]]:
        """All alerts of a customer: of its full range, and of its windows."""
        return [card for card in self.cards() if card["text"].startswith(f"{name} on ")]

    def card(self, name: str) -> dict[str, Any]:
        """The message of a customer's latest sequence that no alert tells of, {} without one."""
        cards = [m for m in self.messages() if _key(m).startswith("sequence:") and _is_root(m)]
        return next((card for card in reversed(cards) if card["text"].startswith(f"{name} on ")), {})

    def headline(self, name: str) -> str:
        """What the message about a customer says, its alert's or its sequence's own; "" without one."""
        return str((self.alert(name) or self.card(name)).get("text", ""))

    def thread(self, root: dict[str, Any]) -> list[str]:
        """The texts of a thread, without its root; of an alert that shares one, what is about its customer."""
        lines = [m for m in self.messages(thread_ts=root.get("thread_ts", root["ts"]))[1:] if m["ts"] != root["ts"]]
        name = "" if _is_root(root) else root["text"].split(" on ")[0]
        return [
            line["text"]
            for line in lines
            if line["text"].startswith((f"{name}:", f"{name} ", f"{name},") if name else "")
        ]

    def click(self, root: dict[str, Any], action_id: str, user: str = "olivia", value: str = "") -> Any:
        """Press a button."""
        chosen = {"value": value} if value else {}
        where = {"channel": "backfills", "message_ts": root["ts"], "action_id": action_id}
        return self.post("_control/click", user=user, **where, **chosen)

    def choose(self, root: dict[str, Any], action_id: str, label: str, user: str = "olivia") -> Any:
        """Choose from a menu, by the words it shows."""
        elements = [e for block in root["blocks"] if block["type"] == "actions" for e in block["elements"]]
        (menu,) = (e for e in elements if e["action_id"] == action_id)
        (value,) = (option["value"] for option in menu["options"] if option["text"]["text"] == label)
        return self.click(root, action_id, user, value)

    def views(self, user: str = "olivia") -> list[dict[str, Any]]:
        """The modals in front of a person, the top one last."""
        found: list[dict[str, Any]] = self.get("_control/views", user=user)["views"]
        return found

    def submit(self, view_id: str, user: str = "olivia", **values: str) -> Any:
        """Fill a modal in and press its button; the delivery with its ack."""
        return self.post("_control/submit", user=user, view_id=view_id, values=values)

    def fault(self, fault: str, **details: Any) -> None:
        """Make the local Slack misbehave, once unless ``count`` says otherwise."""
        self.post("_control/faults", fault=fault, **details)

    def calls(self) -> list[dict[str, Any]]:
        """Every call of the Web API."""
        found: list[dict[str, Any]] = self.get("_control/calls")["calls"]
        return found

    def relay(self, cluster: str, part: str, mode: str) -> None:
        """Cut, freeze or mend the way to one cluster."""
        self.post("_control/relay", cluster=cluster, part=part, mode=mode)

    def sql(self, cluster: str, statement: str) -> str:
        """Ask a cluster's ClickHouse directly; tab-separated text."""
        address = self.get("_control/world")["clusters"][cluster]["clickhouse"]["direct"]
        request = urllib.request.Request(address, statement.encode())
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return str(answer.read().decode().strip())

    def _answer(self, request: urllib.request.Request) -> Any:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return json.load(answer)


def _is_partly_unknown(answer: str) -> bool:
    return any(words in answer for words in ("did not answer", "unknown", "not all known"))


def _is_answer(message: dict[str, Any]) -> bool:
    """The picture of an answer follows when it is drawn, maybe after the next command."""
    is_picture = [block["type"] for block in message["blocks"]] == ["image"]
    return bool(message.get("bot_id")) and not message.get("metadata") and not is_picture


def _key(message: dict[str, Any]) -> str:
    return str(message.get("metadata", {}).get("event_payload", {}).get("key", ""))


def _is_own(message: dict[str, Any]) -> bool:
    """Whether it is the own message of the alert that is the first of a group."""
    return _key(message).endswith(":alert")


def _is_root(message: dict[str, Any]) -> bool:
    """Slack gives a root with replies its own ts as ``thread_ts``."""
    return bool(message.get("thread_ts", message["ts"]) == message["ts"])


_ATTEMPTS = re.compile(r"attempts? (\d+)(?: to (\d+))?:")


def attempts_in(thread: list[str]) -> list[int]:
    """The attempts that a thread tells the end of, in its order; one line may tell several."""
    spans = [(int(first), int(last or first)) for line in thread for first, last in _ATTEMPTS.findall(line)]
    return [attempt for first, last in spans for attempt in range(first, last + 1)]
