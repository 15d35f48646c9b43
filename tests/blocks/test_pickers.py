"""Menus of customers that are searched, and their options."""

import pytest
from slack_sdk.models.blocks import InputBlock

from bot.blocks import kit, pickers
from bot.fleet.name_lookup import Target
from bot.fleet.name_search import option_value
from local_slack.user_actions.modal_acks import OFFER
from tests.blocks.gate import shown_by_slack


def test_slack_takes_the_menu() -> None:
    menu = InputBlock(label="Leave out", element=pickers.several("leave_out"), optional=True)

    shown_by_slack(kit.view("Run", [], kit.Form("Run", (menu,), "confirm.bulk", "run")))


@pytest.mark.parametrize("name", ["hilton", "<!channel> *x* &", "x" * 400])
def test_slack_takes_whatever_a_customer_is_called(name: str) -> None:
    target = Target("voice-prod", name)
    (option,) = options = pickers.options([target])

    assert list(OFFER({"options": options}, "")) == []
    assert option["value"] == option_value(target)
