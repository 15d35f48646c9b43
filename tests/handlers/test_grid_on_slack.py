"""A workspace of an organisation, people who change, and a plan without user groups, on real protocols."""

from collections.abc import Sequence
from typing import Any

import pytest

from bot.config import Transport
from local_slack import Grid, SlackSeed, User
from tests.handlers.local import Scene, open_scene
from tests.local_slack.harness import eventually

SISTER = User("U0SISTER00", "sis", "Sis", teams=("T0SISTER",))
STRANGER = User("U0STRANGER", "stan", "Stan", team="T0ELSEWHERE")
GRIDS = [Grid(user_team=shown) for shown in ("organisation", "absent", "workspace")]


@pytest.mark.parametrize("transport", list(Transport))
@pytest.mark.parametrize("grid", [*GRIDS, Grid(is_org_wide=True)], ids=str)
async def test_members_of_the_workspace_command_click_and_confirm(grid: Grid, transport: Transport) -> None:
    async with open_scene(transport, SlackSeed(grid=grid)) as scene:
        await scene.control.command("struggling", user="victor")
        (answer, *_) = await scene.posted_messages(2, ephemeral_to=None)
        await scene.control.click(scene.alert, "control.split")
        question = await scene.dialog("Reason")
        await scene.submit(question, reason="it timed out")
        await scene.dialog("windows")

    assert "only" not in answer["text"]


@pytest.mark.parametrize("user", [SISTER, STRANGER])
async def test_who_is_of_a_sister_workspace_or_of_another_company_is_let_into_nothing(user: User) -> None:
    seed = SlackSeed(users=(*SlackSeed().users, user), grid=Grid())
    async with open_scene(seed=seed) as scene:
        delivery = await scene.control.command("struggling", user=user.name)
        (answer,) = await scene.posted_messages(ephemeral_to=delivery["user"])

    assert "its own workspace only" in answer["text"]


async def test_who_is_taken_out_of_the_group_may_change_nothing_at_once() -> None:
    async with open_scene() as scene:
        assert "You have acknowledged" in await _acknowledged(scene, 1)
        await scene.control.post("group", {"group": "data-oncall", "members": []})
        await _heard(scene, "subteam_members_changed")

        assert "Only operators may ack" in await _acknowledged(scene, 2)


async def test_without_a_paid_plan_groups_are_no_operators_and_the_refusal_says_why() -> None:
    async with open_scene(seed=SlackSeed(has_user_groups=False)) as scene:
        answer = await _acknowledged(scene, 1)

    assert "Only operators may ack" in answer
    assert "User groups need a paid Slack plan" in answer


async def _acknowledged(scene: Scene, count: int) -> str:
    delivery = await scene.control.click(scene.alert, "alert.ack")
    answers = await scene.posted_messages(count, ephemeral_to=delivery["user"])
    return str(answers[-1]["text"])


async def _heard(scene: Scene, event: str) -> None:
    async def acked() -> bool:
        deliveries: Sequence[dict[str, Any]] = (await scene.control.get("deliveries"))["deliveries"]
        return any(each["acked"] and each["payload"].get("event", {}).get("type") == event for each in deliveries)

    await eventually(acked)
