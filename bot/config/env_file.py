"""The file of environment variables, ``.env``. Every command but ``manifest`` reads it; the environment itself takes
precedence."""

import errno
import io
import os
import select
import time
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv.parser import Binding, parse_stream

USUAL = Path(".env")
# How messages name the source of a variable that the file does not set.
ENVIRONMENT = "environment"
# Real files are far smaller. A device, given as the path, would never end.
MOST_BYTES = 256 * 1024
# Password managers provide secrets through a named pipe once somebody allows it
# (developer.1password.com/docs/environments/local-env-file). A pipe without a writer would block for ever.
PATIENCE = 30.0  # seconds
EXPECTED = "expected NAME=value, with quotes around a value that has spaces at its ends, quotes or # in it"


@dataclass(frozen=True, slots=True)
class EnvFile:
    """The variables of the file, and the line number of each. ``mistakes`` are complete messages that quote nothing
    from the file."""

    path: Path = USUAL
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    lines: Mapping[str, int] = field(default_factory=dict)
    mistakes: tuple[str, ...] = ()
    is_there: bool = False

    def fill_in(self, environ: MutableMapping[str, str]) -> None:
        """Copy the variables of the file into ``environ``, except those that already have a value there. Libraries
        need this, because they read their own variables from the process environment. Names are compared without
        regard to case."""
        is_set = {name.lower() for name, value in environ.items() if value}
        for name, value in self.values.items():
            if name.lower() not in is_set:
                environ[name] = value

    def place_of(self, name: str, environ: Mapping[str, str]) -> str:
        """The source of this variable's value: a line of the file, or the environment."""
        written = next((known for known in self.values if known.lower() == name.lower()), "")
        is_from_here = written and environ.get(written) == self.values[written]
        return f"{self.path}:{self.lines[written]}" if is_from_here else ENVIRONMENT

    @property
    def hint(self) -> str:
        """A phrase for messages: where to set a missing variable."""
        if self.is_there:
            return f"write it into {self.path.absolute()}, or set it in the environment"
        return f"set it in the environment, or copy .env.example to {self.path.absolute()} and write it there"


def read_env_file(path: Path, *, is_needed: bool, patience: float = PATIENCE) -> EnvFile:
    """Read the file. Problems become ``EnvFile.mistakes``. ``is_needed`` says that somebody has named the file: only
    then is a missing file a mistake."""
    try:
        text = _read(path, patience).decode("utf-8-sig")
    except FileNotFoundError:
        missing = (f"{path}: no such file; expected lines as in .env.example",)
        return EnvFile(path, mistakes=missing if is_needed else ())
    except OSError as exc:
        return EnvFile(path, mistakes=(f"{path}: cannot be read ({exc.strerror}); expected a file as .env.example",))
    except UnicodeDecodeError:
        return EnvFile(path, mistakes=(f"{path}: not UTF-8; save it as UTF-8, as .env.example is",))
    return _parsed(path, text.replace("\r\n", "\n").replace("\r", "\n"))


def _read(path: Path, patience: float) -> bytes:
    """Read the whole file or pipe within ``patience`` seconds. Raises OSError."""
    found, until = b"", time.monotonic() + patience
    with io.FileIO(path, opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
        while select.select([file], [], [], max(0.0, until - time.monotonic()))[0]:
            part = file.read(MOST_BYTES)
            if part == b"":
                return found
            found += part or b""
            if len(found) > MOST_BYTES:
                raise OSError(errno.EFBIG, f"larger than {MOST_BYTES // 1024} KB")
    raise OSError(errno.ETIMEDOUT, f"its end did not come within {patience:g} s")


def _parsed(path: Path, text: str) -> EnvFile:
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    mistakes: list[str] = []
    for binding in parse_stream(io.StringIO(text)):
        line = _line(binding)
        name, value = binding.key, binding.value
        if name is not None and value is not None and _can_be_set(name) and "\0" not in binding.original.string:
            values[name], lines[name] = value, line
        elif binding.error or name is not None or "\0" in binding.original.string:
            mistakes.append(f"{path}:{line}: not a variable; {EXPECTED}")
    return EnvFile(path, values, lines, tuple(mistakes), is_there=True)


def _can_be_set(name: str) -> bool:
    """Whether this can be a variable's name. A name with invisible or non-ASCII characters is an editing mistake,
    as nothing would ever read it; POSIX (Base Definitions, chapter 8) forbids ``=``."""
    return name.isascii() and name.isprintable() and name != "" and not set(name) & {"=", " "}


def _line(binding: Binding) -> int:
    """The line number of the assignment. The parser's own number may be that of an empty line before it."""
    text = binding.original.string
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")
