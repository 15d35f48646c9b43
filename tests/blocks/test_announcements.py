"""What the channel is told once."""

import pytest

from bot.blocks.notifications import draw
from bot.fleet.notifications.announcements import CampaignComplete, ClusterComplete
from tests.blocks.gate import taken_by_slack
from tests.fleet.builders import CAMPAIGN, NOW


@pytest.mark.parametrize(
    ("customers", "verified", "who"),
    [
        (17, 17, "all 17 customers, verified"),
        (17, 15, "all 17 customers, 15 of them verified"),
        (17, 0, "all 17 customers"),
        (1, 1, "its only customer, verified"),
    ],
)
def test_a_complete_cluster_is_one_green_line_that_tells_how_much_is_proven(
    customers: int, verified: int, who: str
) -> None:
    message = taken_by_slack(draw(ClusterComplete("voice-prod", CAMPAIGN, customers, verified, NOW)))

    assert message.text.startswith(f"voice-prod is complete: {who}. Jan 1–Feb 20 (51 days).")
    assert ":large_green_circle:" in str(message.blocks)


def test_the_complete_campaign_counts_customers_and_clusters() -> None:
    message = taken_by_slack(draw(CampaignComplete(CAMPAIGN, 5, 95, 95, NOW)))

    assert message.text.startswith(
        "The campaign is complete: all 95 customers on 5 clusters, verified. Jan 1–Feb 20 (51 days)."
    )
    assert "/backfill report" in message.text


def test_a_cluster_may_have_any_name() -> None:
    message = taken_by_slack(draw(ClusterComplete("<!channel> *x* &", CAMPAIGN, 2, 2, NOW)))

    assert "<!channel>" not in str(message.blocks)


def test_where_there_are_several_campaigns_each_is_named() -> None:
    cluster = taken_by_slack(draw(ClusterComplete("voice-prod", CAMPAIGN, 17, 17, NOW, "march")))
    whole = taken_by_slack(draw(CampaignComplete(CAMPAIGN, 5, 95, 95, NOW, "march")))

    assert cluster.text.startswith("Campaign march is complete on voice-prod: all 17 customers, verified. ")
    assert whole.text.startswith("Campaign march is complete: all 95 customers on 5 clusters, verified. ")
    assert "/backfill verify voice-prod in march " in cluster.text
    assert "/backfill report in march " in whole.text
