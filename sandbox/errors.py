"""Errors that end the sandbox, each with its lines for the terminal.

SandboxError
├── BadScenario      every mistake of the scenario file, one line each
├── DataDirRefused   a directory that cannot hold this world
├── MissingPart      a package that is not installed
├── NotReady         a part that failed, or did not answer in time
└── ChildDied        a process that ended by itself
"""

from collections.abc import Sequence


class SandboxError(Exception):
    """An error whose text is for the person at the terminal."""


class BadScenario(SandboxError):
    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


class DataDirRefused(SandboxError):
    pass


class MissingPart(SandboxError):
    pass


class NotReady(SandboxError):
    pass


class ChildDied(SandboxError):
    def __init__(self, name: str, returncode: int, last_lines: Sequence[str]) -> None:
        output = "".join(f"\n  {name}| {line}" for line in last_lines)
        super().__init__(f"{name} ended by itself with status {returncode}{output or ', saying nothing'}")
        self.name = name
        self.returncode = returncode
