"""Debian's `ippeveprinter` and `cupsd` in a network namespace of their own: what `real_printers.py` says of them holds.

Needs Linux, root, and: apt-get install cups cups-ipp-utils avahi-daemon dbus
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
TOOLS = ("unshare", "dbus-daemon", "avahi-daemon", "ippeveprinter", "cupsd", "lpadmin")


def missing() -> str | None:
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    absent = [tool for tool in TOOLS if shutil.which(tool, path=path) is None]
    if absent:
        return f"not installed: {', '.join(absent)} (apt-get install cups cups-ipp-utils avahi-daemon dbus)"
    if not Path("/usr/lib/cups/backend/socket").exists():
        return "CUPS has no socket backend (apt-get install cups)"
    made = subprocess.run(["unshare", "-n", "-m", "true"], capture_output=True, check=False)
    return None if made.returncode == 0 else "no network namespace can be made here"


@pytest.fixture
def folder() -> Iterator[Path]:
    # Sockets need short paths, and CUPS's own user must be able to enter.
    with tempfile.TemporaryDirectory(prefix="xb-", ignore_cleanup_errors=True) as made:
        path = Path(made)
        path.chmod(0o755)
        yield path


@pytest.mark.slow
def test_real_printers(folder: Path) -> None:
    reason = missing()
    if reason is not None:
        pytest.skip(reason)
    inside = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider",
              str(HERE / "real_printers.py")]  # fmt: skip
    command = ["unshare", "-n", "-m", sys.executable, str(HERE / "real.py"), str(folder), *inside]
    environment = os.environ | {"PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    logs = "".join(f"\n== {log.name}\n{log.read_text(errors='replace')[-2000:]}" for log in folder.glob("*log"))
    assert run.returncode == 0, f"{run.stdout[-8000:]}\n{run.stderr[-3000:]}{logs}"
    assert "16 passed" in run.stdout
