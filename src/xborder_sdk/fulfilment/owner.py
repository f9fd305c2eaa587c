"""Who holds a lease, so that a worker that died on this machine is not waited for."""

from __future__ import annotations

import os
import socket
import uuid
from pathlib import Path


def new_owner() -> str:
    """A name for one lease: the machine, the process with its start, and a mark of its own."""
    process = os.getpid()
    return f"{_machine()}/{process}/{_started(process)}/{uuid.uuid4().hex}"


def is_dead(owner: str) -> bool:
    """Whether the owner is a process of this machine that has ended. False wherever that cannot be told."""
    try:
        machine, process, started, _ = owner.rsplit("/", 3)
        number = int(process)
    except ValueError:
        return False
    if machine != _machine():
        return False
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return _started(number) != started


def _machine() -> str:
    # Two containers may share a host name, but not the world in which a process number means something.
    try:
        world = str(Path("/proc/self/ns/pid").readlink())
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        world = boot = ""
    return f"{socket.gethostname()}.{boot}.{world}".replace("/", "_")


def _started(process: int) -> str:
    """When a process began, in ticks since the machine did; empty where the system does not tell."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
        state_and_on = text.rpartition(")")[2].split()
        # proc(5): field 22, the name in brackets being field 2. A zombie (Z) has ended.
        return "ended" if state_and_on[0] in {"Z", "X"} else state_and_on[19]
    except (OSError, IndexError):
        return ""
