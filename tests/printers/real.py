"""Runs inside a network namespace of its own: starts Debian's printers there, then the script it is given.

    unshare -n -m python real.py FOLDER TESTS...

`ippeveprinter` refuses to start without DNS-SD, so a D-Bus and an Avahi of our own run beside it, on loopback alone:
nothing is announced to anybody. `cupsd` gets its own folders and a raw queue to a socket.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

IPP_PORT, CUPS_PORT, SOCKET_PORT = 8631, 8632, 9100

_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={folder}/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/>
<allow send_type="signal"/><allow send_type="method_return"/><allow send_type="error"/>
<allow receive_type="method_call"/><allow receive_type="signal"/><allow receive_type="method_return"/>
<allow receive_type="error"/></policy></busconfig>
"""
_AVAHI = """[server]
use-ipv6=no
allow-interfaces=lo
[wide-area]
enable-wide-area=no
[publish]
publish-hinfo=no
publish-workstation=no
"""
_PRINTER = """ATTR keyword print-scaling-default auto
ATTR keyword print-scaling-supported auto,none
ATTR keyword media-supported om_label_100x150mm,iso_a4_210x297mm
ATTR keyword media-default om_label_100x150mm
ATTR keyword media-ready om_label_100x150mm
ATTR collection media-size-supported {{MEMBER integer x-dimension 10000 MEMBER integer y-dimension 15000}}
ATTR collection media-col-database {{{label}}},{{{a4}}}
ATTR collection media-col-ready {{{label}}}
ATTR collection media-col-default {{{label}}}
ATTR mimeMediaType document-format-supported application/pdf,application/octet-stream
"""
_MEDIA = """MEMBER collection media-size {{MEMBER integer x-dimension {x} MEMBER integer y-dimension {y}}}
MEMBER keyword media-size-name {name}
MEMBER integer media-bottom-margin {margin} MEMBER integer media-left-margin {margin}
MEMBER integer media-right-margin {margin} MEMBER integer media-top-margin {margin} MEMBER keyword media-source main
MEMBER keyword media-type labels"""
_CUPSD = """Listen 127.0.0.1:{port}
Listen {folder}/cups.sock
Browsing Off
WebInterface No
LogLevel warn
MaxJobs 50
PreserveJobHistory Yes
DefaultAuthType None
<Location />
Order allow,deny
Allow all
</Location>
<Policy default>
<Limit All>
Order allow,deny
Allow all
</Limit>
</Policy>
"""
_CUPS_FILES = """ServerRoot {folder}/etc
RequestRoot {folder}/spool-cups
CacheDir {folder}/cache
StateDir {folder}/state
DataDir /usr/share/cups
DocumentRoot /usr/share/cups/doc-root
ServerBin /usr/lib/cups
AccessLog {folder}/access_log
ErrorLog {folder}/error_log
PageLog {folder}/page_log
User lp
Group lp
SystemGroup root
FileDevice Yes
"""


def bring_loopback_up() -> None:
    """`ip link set lo up`, by the ioctl beneath it, since the tool is often missing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        name = struct.pack("16sh", b"lo", 0x41)  # IFF_UP | IFF_RUNNING
        fcntl.ioctl(any_socket, 0x8914, name + bytes(14))  # SIOCSIFFLAGS


def wait_for(port: int, seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


class Printers:
    """All processes of the namespace, ended in reverse order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = os.environ | {
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={folder}/bus",
            "CUPS_SERVER": f"{folder}/cups.sock",
        }
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str) -> None:
        with (self.folder / f"{Path(command[0]).name}.log").open("ab") as log:
            self.running.append(subprocess.Popen(command, env=self.environment, stdout=log, stderr=log))

    def dns_sd(self) -> None:
        (self.folder / "bus.conf").write_text(_BUS.format(folder=self.folder))
        (self.folder / "avahi.conf").write_text(_AVAHI)
        self.start("dbus-daemon", f"--config-file={self.folder}/bus.conf", "--nofork", "--nopidfile")
        until = time.monotonic() + 10
        while not (self.folder / "bus").exists():
            assert time.monotonic() < until, "no D-Bus"
            time.sleep(0.02)
        self.start("avahi-daemon", "-f", f"{self.folder}/avahi.conf", "--no-drop-root", "--no-chroot", "--no-rlimits")
        until = time.monotonic() + 10
        while b"startup complete" not in (self.folder / "avahi-daemon.log").read_bytes():
            assert time.monotonic() < until, "no Avahi"
            time.sleep(0.05)

    def ippeveprinter(self) -> None:
        spool = self.folder / "spool-ipp"
        spool.mkdir()
        label = _MEDIA.format(x=10000, y=15000, name="om_label_100x150mm", margin=100).replace("\n", " ")
        a4 = _MEDIA.format(x=21000, y=29700, name="iso_a4_210x297mm", margin=423).replace("\n", " ")
        attributes = self.folder / "printer.conf"
        attributes.write_text(_PRINTER.format(label=label, a4=a4))
        command = self.folder / "print.sh"
        command.write_text(
            f'#!/bin/sh\nwhile [ -e "{self.folder}/hold" ]; do sleep 0.1; done\n'
            f'[ -e "{self.folder}/empty" ] && echo "STATE: +media-empty" >&2\nexit 0\n'
        )
        command.chmod(0o755)
        self.start("ippeveprinter", "-k", "-d", str(spool), "-p", str(IPP_PORT), "-n", "localhost", "-r", "off",
                   "-c", str(command), "-a", str(attributes), "Labels")  # fmt: skip
        wait_for(IPP_PORT)
        self.environment["REAL_PRINTER_PID"] = str(self.running[-1].pid)

    def cupsd(self) -> None:
        for name in ("etc", "spool-cups", "cache", "state", "spool-cups/tmp"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "cupsd.conf").write_text(_CUPSD.format(port=CUPS_PORT, folder=self.folder))
        (self.folder / "cups-files.conf").write_text(_CUPS_FILES.format(folder=self.folder))
        self.start("/usr/sbin/cupsd", "-f", "-c", f"{self.folder}/cupsd.conf", "-s", f"{self.folder}/cups-files.conf")
        wait_for(CUPS_PORT)
        subprocess.run(
            ["/usr/sbin/lpadmin", "-p", "zebra", "-E", "-v", f"socket://127.0.0.1:{SOCKET_PORT}", "-m", "raw"],
            env=self.environment, check=True, timeout=20, capture_output=True,
        )  # fmt: skip

    def stop(self) -> None:
        for process in reversed(self.running):
            process.terminate()
        for process in reversed(self.running):
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def main(folder: Path, command: list[str]) -> int:
    bring_loopback_up()
    printers = Printers(folder)
    try:
        printers.dns_sd()
        printers.ippeveprinter()
        printers.cupsd()
        printers.environment["REAL_PRINTERS"] = str(folder)
        return subprocess.run(command, env=printers.environment, timeout=240, check=False).returncode
    finally:
        printers.stop()
        shutil.rmtree(folder / "cache", ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
