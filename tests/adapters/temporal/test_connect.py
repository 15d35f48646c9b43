"""Where a cluster's Temporal is: backfill.toml, or a profile in Temporal's own file."""

from pathlib import Path

import pytest

from bot.adapters.temporal.connect import connection
from bot.config import TemporalAddress
from bot.errors import Refused


@pytest.fixture
def profiles(tmp_path: Path) -> Path:
    path = tmp_path / "temporal.toml"
    path.write_text(
        '[profile.voice]\naddress = "voice:7233"\nnamespace = "voice"\napi_key = "secret"\n'
        '[profile.bare]\nnamespace = "bare"\n'
        '[profile.sealed]\naddress = "sealed:7233"\nnamespace = "s"\ntls = { client_cert_path = "/nowhere.pem" }\n'
    )
    return path


def test_a_profile_brings_address_namespace_and_key(profiles: Path) -> None:
    config = connection("Temporal of a", TemporalAddress(profile="voice"), profiles)

    assert (config.get("target_host"), config.get("namespace")) == ("voice:7233", "voice")
    assert config.get("api_key") == "secret"


def test_what_backfill_toml_says_wins_over_the_profile(profiles: Path) -> None:
    config = connection("Temporal of a", TemporalAddress(profile="voice", namespace="other"), profiles)

    assert (config.get("target_host"), config.get("namespace")) == ("voice:7233", "other")


def test_temporal_variables_of_the_environment_redirect_no_cluster(
    profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "elsewhere:7233")

    config = connection("Temporal of a", TemporalAddress(profile="voice"), profiles)

    assert config.get("target_host") == "voice:7233"


@pytest.mark.parametrize(
    ("profile", "reason"),
    [
        ("missing", "profile missing of .*temporal.toml cannot be used: Profile 'missing' not found"),
        ("bare", "profile bare has no address: add it there or in backfill.toml"),
    ],
)
def test_a_profile_that_cannot_be_used_is_refused_with_the_reason(profiles: Path, profile: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        connection("Temporal of a", TemporalAddress(profile=profile), profiles)


def test_a_profile_file_that_is_not_toml_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "temporal.toml"
    broken.write_text("[profile.voice")

    with pytest.raises(Refused, match="cannot be used: Configuration loading error"):
        connection("Temporal of a", TemporalAddress(profile="voice"), broken)
