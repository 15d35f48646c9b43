"""What `make` does first: an environment with everything that is pinned, or a sentence that says what to do."""

import hashlib
import os
import shutil
import socket
import stat
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "scripts" / "install"
TOOLS = ("cat", "cmp", "cp", "grep", "rm", "tail", "uname")
TIMEOUT_SECONDS = 150


@dataclass(frozen=True)
class Checkout:
    """A directory with a lock of one small package, wheels to install it from, and a PATH with a test's Pythons."""

    path: Path
    fresh_venv: Path

    @property
    def wheels(self) -> Path:
        return self.path / "wheels"

    @property
    def programs(self) -> Path:
        return self.path / "bin"

    @property
    def venv(self) -> Path:
        return self.path / ".venv"

    def pin(self, version: str, digest: str | None = None) -> None:
        wheel = built_wheel(self.wheels, version)
        real = hashlib.sha256(wheel.read_bytes()).hexdigest()
        lock = self.path / "requirements-dev.lock"
        lock.write_text(f"# by hand\nsmall=={version} \\\n    --hash=sha256:{digest or real}\n")

    def python(self, name: str, does: str) -> None:
        program = self.programs / name
        program.write_text(f"#!/bin/sh\n{does}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def this_python(self, name: str = "python3") -> None:
        """This one, but quick: where it is to make an environment, it copies one that it has made before."""
        self.python(
            name,
            f'[ "$1 $2" != "-m venv" ] || exec cp -R "{self.fresh_venv}" "$3"\nexec "{sys.executable}" "$@"',
        )

    def install(self, **variables: str) -> subprocess.CompletedProcess[str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PIP_") and key != "PYTHON"}
        wheels = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels), "PIP_CONFIG_FILE": os.devnull}
        return self.run({**kept, "PATH": str(self.programs), **wheels, **variables})

    def run(self, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(SCRIPT)],
            cwd=self.path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )

    def installed_version(self) -> str:
        statement = "from importlib.metadata import version; print(version('small'))"
        return subprocess.check_output([self.venv / "bin" / "python", "-c", statement], text=True).strip()


def built_wheel(directory: Path, version: str) -> Path:
    """The least that pip takes for a package."""
    wheel, info = directory / f"small-{version}-py3-none-any.whl", f"small-{version}.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: small\nVersion: {version}\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", f"{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return wheel


@pytest.fixture(scope="module")
def fresh_venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("fresh") / "venv"
    subprocess.run([sys.executable, "-m", "venv", made], check=True)
    return made


@pytest.fixture
def checkout(tmp_path: Path, fresh_venv: Path) -> Checkout:
    made = Checkout(tmp_path, fresh_venv)
    made.wheels.mkdir()
    made.programs.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (made.programs / tool).symlink_to(found)
    made.pin("1.0")
    return made


VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
OLD = "echo 3.9"
WITHOUT_VENV = "echo 3.12; exit 1"


def test_the_first_time_it_says_what_it_does_and_then_it_is_silent(checkout: Checkout) -> None:
    checkout.this_python()

    first, second = checkout.install(), checkout.install()

    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.splitlines() == [
        f"Creating .venv with Python {VERSION} ...",
        "Installing 1 packages (about a minute, once) ...",
        "  unpacking",
        "Installed.",
    ]
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert checkout.installed_version() == "1.0"


def test_another_lock_is_installed_over_the_last_one(checkout: Checkout) -> None:
    checkout.this_python()
    checkout.install()
    checkout.pin("2.0")

    again = checkout.install()

    assert again.returncode == 0
    assert "Creating" not in again.stdout
    assert checkout.installed_version() == "2.0"


def test_what_was_interrupted_is_made_anew(checkout: Checkout) -> None:
    checkout.this_python()
    (checkout.venv / "bin").mkdir(parents=True)
    (checkout.venv / "bin" / "python").symlink_to("/nowhere/python")
    (checkout.venv / ".installed").write_text("half a lo")

    assert checkout.install().returncode == 0
    assert checkout.installed_version() == "1.0"


def test_a_changed_package_is_refused_and_tried_again_the_next_time(checkout: Checkout) -> None:
    checkout.this_python()
    checkout.pin("1.0", digest="0" * 64)

    refused = checkout.install()
    checkout.pin("1.0")
    again = checkout.install()

    assert refused.returncode == 1
    assert "A package is not the one that requirements-dev.lock pins" in refused.stderr
    assert again.returncode == 0
    assert checkout.installed_version() == "1.0"


def test_without_a_network_it_says_so(checkout: Checkout) -> None:
    checkout.this_python()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        index = f"http://127.0.0.1:{nobody.getsockname()[1]}/simple"

        ended = checkout.install(PIP_NO_INDEX="0", PIP_FIND_LINKS="", PIP_INDEX_URL=index, PIP_RETRIES="1")

    assert ended.returncode == 1
    assert "no answer from the package index; trying again" in ended.stdout
    assert "The packages could not be fetched." in ended.stderr
    assert "run make again" in ended.stderr


def test_a_package_that_does_not_exist_here_is_named(checkout: Checkout) -> None:
    checkout.this_python()
    shutil.rmtree(checkout.wheels)
    checkout.wheels.mkdir()

    ended = checkout.install()

    assert ended.returncode == 1
    assert "small==1.0" in ended.stderr
    assert f"A package does not exist for Python {VERSION} on this" in ended.stderr


def test_without_a_python_that_suits_it_says_which_are_there_and_how_to_name_one(checkout: Checkout) -> None:
    checkout.python("python3", OLD)

    ended = checkout.install()

    assert (ended.returncode, ended.stdout) == (1, "")
    assert "needs Python 3.11, 3.12, 3.13 or 3.14" in ended.stderr
    assert "python3 is 3.9; python3.14 is not there;" in ended.stderr
    assert "make demo PYTHON=" in ended.stderr
    assert not checkout.venv.exists()


def test_without_the_venv_module_it_says_what_to_install(checkout: Checkout) -> None:
    checkout.python("python3", WITHOUT_VENV)

    ended = checkout.install()

    assert (ended.returncode, ended.stdout) == (1, "")
    assert "sudo apt install python3.12-venv" in ended.stderr
    assert not checkout.venv.exists()


def test_of_several_pythons_the_first_that_suits_is_taken(checkout: Checkout) -> None:
    checkout.python("python3", OLD)
    checkout.python("python3.14", WITHOUT_VENV)
    checkout.this_python("python3.12")

    assert checkout.install().returncode == 0
    assert checkout.installed_version() == "1.0"


def test_a_python_that_is_named_is_used_or_refused_whatever_is_installed(checkout: Checkout) -> None:
    checkout.this_python()
    checkout.python("old", OLD)
    checkout.install()

    same, other = checkout.install(PYTHON="python3"), checkout.install(PYTHON="old")

    assert (same.returncode, same.stdout) == (0, "")
    assert other.returncode == 1
    assert "found none: old is 3.9." in other.stderr
