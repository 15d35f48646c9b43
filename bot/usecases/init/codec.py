"""Asks for the codec server of encrypted runs, and surveys the runs again through it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.config import TemporalAddress
from bot.config.cluster import CodecAddress
from bot.fleet.diagnostics.field_values import SampleRun
from bot.fleet.onboarding.questions import Question, Topic
from bot.model.execution import ENCRYPTED
from bot.usecases.init.interview import Interview, ask
from bot.usecases.init.survey import RunSurvey, survey_runs
from bot.usecases.init.systems import Systems

NO_CODEC = "none"


@dataclass(frozen=True, slots=True)
class Codec:
    """The codec server of all clusters. ``auth`` is its Authorization header, "" if it takes none."""

    endpoint: str = ""
    auth: str = field(default="", repr=False)

    @property
    def variable(self) -> str:
        """The environment variable with the header, "" if there is none."""
        return Topic.CODEC_AUTH.value if self.auth else ""

    @property
    def secrets(self) -> Mapping[str, str]:
        """The variable for the .env file with its value; empty if there is no header."""
        return {self.variable: self.auth} if self.auth else {}


async def survey_through_codec(
    addresses: Mapping[str, TemporalAddress], interview: Interview, systems: Systems
) -> tuple[RunSurvey, Codec]:
    """The survey of the runs, decoded if they are encrypted and the person knows the codec server."""
    engines = {name: systems.engine(name, address) for name, address in addresses.items()}
    runs = await survey_runs(engines, interview)
    if not any(map(_is_encrypted, runs.runs)):
        return runs, Codec()
    endpoint = ask(interview, Question(Topic.CODEC, NO_CODEC, is_safe=True), _endpoint)
    if not endpoint:
        return runs, Codec()
    codec = Codec(endpoint, interview.ask(Question(Topic.CODEC_AUTH, is_safe=True)).strip())
    decoding = {
        name: systems.decoding_engine(name, address, codec.endpoint, codec.auth)
        for name, address in addresses.items()
    }
    return await survey_runs(decoding, interview), codec


def _is_encrypted(run: SampleRun) -> bool:
    """Whether a memo field, or all arguments, cannot be read."""
    arguments = list(run.arguments)
    return ENCRYPTED in run.hints.values() or (bool(arguments) and all(each is None for each in arguments))


def _endpoint(text: str) -> str:
    return "" if text.lower() == NO_CODEC else CodecAddress(endpoint=text).endpoint
