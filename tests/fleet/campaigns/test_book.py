"""Which campaign commands mean."""

from dataclasses import replace

from bot.fleet.campaigns.book import CampaignBook
from bot.model import CampaignDefinition, KnownCampaign
from tests.fleet.builders import CAMPAIGN, NOW


def known(name: str, *, is_home: bool = False) -> KnownCampaign:
    return KnownCampaign(CampaignDefinition(name, CAMPAIGN), keeps_plain_ids=is_home)


def test_the_default_one_is_meant_and_without_it_the_only_open_one() -> None:
    jan, march = known("jan", is_home=True), known("march")

    assert CampaignBook((jan, replace(march, is_default=True))).default == replace(march, is_default=True)
    assert CampaignBook((jan, march)).default is None
    assert CampaignBook((jan, replace(march, closed_at=NOW))).default == jan
    assert CampaignBook((replace(jan, is_default=True, closed_at=NOW), march)).default == march


def test_a_name_is_found_in_any_case_and_exactly_first() -> None:
    book = CampaignBook((known("March"), known("march"), known("jan")))

    assert book.find("march") == known("march")
    assert book.find("JAN") == known("jan")
    assert book.find("april") is None


def test_a_name_that_nobody_can_type_as_it_is_is_found_too() -> None:
    book = CampaignBook((known("New Year’s"), known("new  year")))

    assert book.find("new year's") == known("New Year’s")
    assert book.find("new year") == known("new  year")


def test_what_no_campaign_claims_belongs_to_the_first_one_that_is_open() -> None:
    jan, march, april = known("jan", is_home=True), known("march"), known("april")
    closed_jan, closed_march = replace(jan, closed_at=NOW), replace(march, closed_at=NOW)

    assert CampaignBook((march, jan)).of_the_rest == jan
    assert CampaignBook((closed_jan, march, april)).of_the_rest == march
    assert CampaignBook((closed_jan, closed_march)).of_the_rest == closed_jan


def test_an_alert_acts_in_the_default_of_its_campaigns_or_else_in_the_first() -> None:
    jan, march, april = known("jan", is_home=True), known("march"), known("april")
    book = CampaignBook((jan, replace(march, is_default=True), april))

    assert book.acting(("jan", "march")) == "march"
    assert book.acting(("april", "jan")) == "jan"
    assert book.acting(("april",)) == "april"
    assert not CampaignBook((jan,)).acting(("jan",))
