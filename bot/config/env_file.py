"""The file of variables beside the bot, ``.env``: read for every task alike. What the environment sets wins."""

import io
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv.parser import Binding, parse_stream

USUAL = Path(".env")
# What mistakes call the place of whatever does not stand in the file.
ENVIRONMENT = "environment"
EXPECTED = "expected NAME=value, with quotes around a value that has spaces at its ends, quotes or # in it"


@dataclass(frozen=True, slots=True)
class EnvFile:
    """What stands in it, and in which line; ``mistakes`` are complete lines, without what is written there."""

    path: Path = USUAL
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    lines: Mapping[str, int] = field(default_factory=dict)
    mistakes: tuple[str, ...] = ()
    is_there: bool = False

    def fill_in(self, environ: MutableMapping[str, str]) -> None:
        """Set what the environment does not, in whatever case, or sets to nothing: libraries read theirs from the
        process itself."""
        is_set = {name.lower() for name, value in environ.items() if value}
        for name, value in self.values.items():
            if name.lower() not in is_set:
                environ[name] = value

    def place_of(self, name: str, environ: Mapping[str, str]) -> str:
        """Where this variable got its value: a line of the file, or the environment."""
        written = next((known for known in self.values if known.lower() == name.lower()), "")
        is_from_here = written and environ.get(written) == self.values[written]
        return f"{self.path}:{self.lines[written]}" if is_from_here else ENVIRONMENT

    @property
    def hint(self) -> str:
        """Where a variable that is missing is to be put."""
        if self.is_there:
            return f"write it into {self.path.absolute()}, or set it in the environment"
        return f"set it in the environment, or copy .env.example to {self.path.absolute()} and write it there"


def read_env_file(path: Path, *, is_needed: bool) -> EnvFile:
    """Read it. Without one everything is in the environment, unless somebody has named it."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        missing = (f"{path}: no such file; expected lines as in .env.example",)
        return EnvFile(path, mistakes=missing if is_needed else ())
    except OSError as exc:
        return EnvFile(path, mistakes=(f"{path}: cannot be read ({exc.strerror}); expected a file as .env.example",))
    except UnicodeDecodeError:
        return EnvFile(path, mistakes=(f"{path}: not UTF-8; save it as UTF-8, as .env.example is",))
    return _parsed(path, text.replace("\r\n", "\n").replace("\r", "\n"))


def _parsed(path: Path, text: str) -> EnvFile:
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    mistakes: list[str] = []
    for binding in parse_stream(io.StringIO(text)):
        line = _line(binding)
        if binding.error or (binding.key and binding.value is None) or "\0" in binding.original.string:
            mistakes.append(f"{path}:{line}: not a variable; {EXPECTED}")
        elif binding.key and binding.value is not None:
            values[binding.key], lines[binding.key] = binding.value, line
    return EnvFile(path, values, lines, tuple(mistakes), is_there=True)


def _line(binding: Binding) -> int:
    """Empty lines before it count as its own."""
    text = binding.original.string
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")
