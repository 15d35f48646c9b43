"""The domains whose links get cards, and what the manifest asks for with them."""

from pathlib import Path

import pytest

from bot.link_domains import MOST_DOMAINS, link_domains, temporal_uis
from bot.manifest import BOT_SCOPES, LINK_SCOPES, LINK_SHARED, manifest, scopes_for

UI = "https://temporal.example.com:8080/ui"


@pytest.mark.parametrize(
    "ui",
    [
        "http://localhost:8233",
        "http://a.localhost",
        "http://127.0.0.1:8233",
        "http://[::1]:8233",
        "http://temporal",
        "",
    ],
)
def test_this_machine_ip_addresses_and_bare_names_are_no_domains(ui: str) -> None:
    assert link_domains([ui]) == ()


def test_each_host_counts_once_and_slack_takes_a_few() -> None:
    assert link_domains([UI, "https://temporal.example.com/other"]) == ("temporal.example.com",)
    assert len(link_domains([f"https://t{number}.example.com" for number in range(9)])) == MOST_DOMAINS


def test_with_a_domain_the_manifest_asks_for_links() -> None:
    app = manifest(uis=[UI])

    assert app["features"]["unfurl_domains"] == ["temporal.example.com"]
    assert tuple(app["oauth_config"]["scopes"]["bot"]) == (*BOT_SCOPES, *LINK_SCOPES) == scopes_for([UI])
    assert LINK_SHARED in app["settings"]["event_subscriptions"]["bot_events"]


def test_without_one_it_does_not() -> None:
    app = manifest(uis=["http://localhost:8233"])

    assert app == manifest()
    assert "unfurl_domains" not in app["features"]
    assert scopes_for(()) == BOT_SCOPES


@pytest.mark.parametrize(
    ("text", "uis"),
    [
        (f'[clusters.a.temporal]\nui = "{UI}"\n[clusters.b]\n', (UI,)),
        ("[clusters]\na = 1\n", ()),
        ("clusters = 1", ()),
        ("[clusters.a.temporal]\nui = 7", ()),
        ("not TOML", ()),
    ],
)
def test_the_web_uis_are_read_whatever_else_is_in_the_file(tmp_path: Path, text: str, uis: tuple[str, ...]) -> None:
    file = tmp_path / "backfill.toml"
    file.write_text(text)

    assert temporal_uis({"BACKFILL_CONFIG": str(file)}) == uis
    assert temporal_uis({"BACKFILL_CONFIG": str(tmp_path / "none.toml")}) == ()
