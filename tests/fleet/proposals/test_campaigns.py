"""One proposal for a command in several campaigns."""

from dataclasses import replace

import pytest

from bot.commands import Cancel
from bot.fleet.name_lookup import Target
from bot.fleet.proposals.campaigns import joined_over_campaigns
from bot.fleet.proposals.cancel import propose_cancel
from bot.fleet.proposals.warnings import InCampaigns
from bot.fleet.refusals.campaigns import OnOtherClusters
from bot.fleet.refusals.declined import ActionBlocked
from tests.fleet.builders import window
from tests.fleet.grounds import context, healthy

CANCEL = propose_cancel(Cancel(target="hilton"), context(healthy(window(11, 16))))


def test_an_act_that_two_campaigns_share_is_done_once() -> None:
    joined = joined_over_campaigns([("jan", CANCEL), ("feb", CANCEL)], "jan")

    assert joined.acts == CANCEL.acts
    assert joined.warnings[0] == InCampaigns(("jan", "feb"))


def test_acts_on_different_clusters_are_refused_because_a_proposal_acts_on_one() -> None:
    elsewhere = replace(CANCEL, target=Target("chat-prod", "hilton"))

    with pytest.raises(ActionBlocked) as refused:
        joined_over_campaigns([("jan", CANCEL), ("feb", elsewhere)], "jan")

    assert refused.value.reason == OnOtherClusters(
        CANCEL.command, "hilton", (("jan", CANCEL.target.cluster), ("feb", "chat-prod"))
    )
