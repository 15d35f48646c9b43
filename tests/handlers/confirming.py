"""Dialogs over fakes: a world with something to confirm, and a person who opens, fills in and submits dialogs."""

import asyncio
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.response import BoltResponse

from bot.config import Config
from bot.message import View
from bot.model import SequenceSpec
from tests.fakes.services import OPERATOR, FakeWorld
from tests.fleet.builders import NOW, TIMED_OUT, activity, description, execution
from tests.fleet.sizes import evenly
from tests.handlers.bolt import DEADLINE, Edge, payload

CLUSTER = "voice-prod"
HILTON = json.dumps({"target": f"{CLUSTER}/hilton"})
WHY = "it timed out twice"


def struggling_world(of: Config | None = None) -> FakeWorld:
    """A world where hilton's run is on its third attempt, and a worker runs."""
    world = FakeWorld(of, now=NOW) if of else FakeWorld(now=NOW)
    world.engines[CLUSTER].put(description(activity(attempt=3, last_failure=TIMED_OUT), of=execution()))
    world.engines[CLUSTER].workers["backfill"] = 1
    world.warehouses[CLUSTER].volume["hilton"] = evenly(82_353)
    return world


@dataclass
class Desk:
    """A person in Slack, and the bot that answers."""

    edge: Edge

    @property
    def world(self) -> FakeWorld:
        return self.edge.world

    @property
    def begun(self) -> list[SequenceSpec]:
        """The sequences that were started."""
        return [state.spec for state in self.world.controls[CLUSTER].states.values()]

    def views(self, view_id: str = "V0001") -> list[View]:
        """All views that this dialog has shown, the latest last."""
        return self.world.modals.shown.get(view_id, [])

    async def ask_confirmation(
        self, text: str = "split hilton", user: str = OPERATOR, view_id: str = "V0001"
    ) -> View:
        """Type a command; returns the view that its dialog asks with."""
        await self.edge.type(text, user_id=user, trigger_id=f"trigger-{view_id}-{user}")
        await eventually(lambda: len(self.views(view_id)) == 2)
        return self.views(view_id)[-1]

    async def submit(
        self, view: View, user: str = OPERATOR, view_id: str = "V0001", **entered: str | None
    ) -> BoltResponse:
        """Submit the dialog; fields that are not given stay as they are."""
        typed: dict[str, str | None] = {"reason": WHY, **entered}
        fields = {block["block_id"]: block["element"] for block in view.blocks if block["type"] == "input"}
        values = {name: {name: _filled_in(field, typed.get(name))} for name, field in fields.items()}
        return await self.submit_values(view, values, user, view_id)

    async def submit_rows(
        self,
        view: View,
        sizes: Mapping[int, str] | None = None,
        *,
        unticked: Collection[int] = (),
        view_id: str = "V0001",
        user: str = OPERATOR,
        name: str = "",
    ) -> BoltResponse:
        """Submit a dialog for several customers; rows are as it shows them, apart from the ``unticked`` and from
        other ``sizes``. ``name`` is what is typed to confirm."""
        values: dict[str, Any] = {"reason": {"reason": {"value": WHY}}, "name": {"name": {"value": name}}}
        for number, block in enumerate(rows(view)):
            box, *menu = block["elements"]
            ticked = [] if number in unticked else box["initial_options"]
            values[block["block_id"]] = {box["action_id"]: {"type": "checkboxes", "selected_options": ticked}}
            for each in menu:
                wanted = (sizes or {}).get(number, each["initial_option"]["value"])
                (option,) = (option for option in each["options"] if option["value"] == wanted)
                values[block["block_id"]][each["action_id"]] = {"type": "static_select", "selected_option": option}
        return await self.submit_values(view, values, user, view_id)

    async def submit_values(self, view: View, values: Any, user: str, view_id: str) -> BoltResponse:
        """Submit the dialog with this state."""
        body = payload("submission")
        body["user"]["id"] = user
        body["view"] |= {
            "id": view_id,
            "callback_id": view.purpose,
            "private_metadata": view.memory,
            "hash": f"hash of {view_id} {len(self.views(view_id))}",
            "state": {"values": values},
        }
        return await self.edge.dispatch(body)

    async def answer_text(self, view_id: str = "V0001", shown: int = 3) -> str:
        """Wait until the dialog has shown so many views; returns the text of the last."""
        await eventually(lambda: len(self.views(view_id)) >= shown)
        return view_text(self.views(view_id)[-1])


def _filled_in(field: Mapping[str, Any], value: str | None) -> dict[str, Any]:
    """The state of a field: of a menu, the option with this value, or else the first choice."""
    if field["type"] != "static_select":
        return {"value": value}
    chosen = next((each for each in field["options"] if each["value"] == value), field["initial_option"])
    return {"type": field["type"], "selected_option": chosen}


def menu_texts(view: View, field: str) -> list[str]:
    """The options of a menu, from top to bottom."""
    (element,) = (block["element"] for block in view.blocks if block.get("block_id") == field)
    return [option["text"]["text"] for option in element["options"]]


def rows(view: View) -> list[Mapping[str, Any]]:
    """The rows of customers in a dialog for several."""
    return [block for block in view.blocks if block["type"] == "actions"]


def row_texts(view: View) -> list[tuple[str, str]]:
    """The name in each row, and what would be done."""
    options = [block["elements"][0]["options"][0] for block in rows(view)]
    return [(option["text"]["text"], option["description"]["text"]) for option in options]


def view_text(view: View) -> str:
    """All text of a view."""
    return json.dumps([view.title, *view.blocks], ensure_ascii=False)


def action(acknowledged: BoltResponse) -> dict[str, Any]:
    """What an acknowledgement does with the dialog."""
    body: dict[str, Any] = json.loads(acknowledged.body)
    return body


async def eventually(check: Callable[[], bool]) -> None:
    """Wait until the condition holds; fails after a time limit."""
    deadline = asyncio.get_running_loop().time() + DEADLINE
    while not check():
        assert asyncio.get_running_loop().time() < deadline, "not in time"
        await asyncio.sleep(0.01)
