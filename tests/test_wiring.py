"""The composition root gives each cluster what the configuration names for it."""

from pathlib import Path

from bot.config import load
from bot.wiring import make_temporals
from tests.adapters.temporal.codec_stand_in import CodecStandIn
from tests.config.test_load import GOOD, TOKENS


async def test_a_codec_is_asked_with_the_header_of_its_variable_and_only_by_its_cluster(tmp_path: Path) -> None:
    other = GOOD[GOOD.index("[clusters") :].replace("voice-prod", "chat-prod")
    file = tmp_path / "backfill.toml"
    async with CodecStandIn().serving() as there:
        codec = f'codec = {{ endpoint = "{there.endpoint}", auth_env = "CODEC_AUTH" }}\n'
        file.write_text(f"{GOOD}{codec}{other}")
        loaded = load({**TOKENS, "BACKFILL_CONFIG": str(file), "CODEC_AUTH": there.auth})
        temporals = make_temporals(loaded)
        shown = [await temporals[name].codec.check() for name in ("voice-prod", "chat-prod")]
        await temporals["voice-prod"].codec.close()

    assert shown == [f"the codec at {there.endpoint} encodes and decodes", ""]
    assert {headers["Authorization"] for headers in there.headers} == {there.auth}
    assert {headers["X-Namespace"] for headers in there.headers} == {"voice-prod"}
