"""Files: names from outside stay names, and a file is whole or absent."""

from __future__ import annotations

import errno
import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xborder_sdk.documents import FileConflict, UnsafeFileName, safe_name, write_document

HOSTILE = [
    "../../etc/passwd",
    "/etc/passwd",
    "..",
    ".",
    "a/b",
    "a\\b",
    "C:\\x",
    "C:x",
    "//server/share",
    ".hidden",
    "trailing.",
    "trailing ",
    "nul\0byte",
    "line\nbreak",
    "\u202egpj.exe",
    "CON",
    "con.txt",
    "LPT1",
    "com¹",
    "aux .x",
    "~" * 3 + "/",
    '*?<>|"',
    "x" * 5000,
    "订" * 200,
    "\ud800",
    " ",
]


@pytest.mark.parametrize("reference", HOSTILE, ids=ascii)
def test_hostile_names_stay_in_their_folder(reference: str, tmp_path: Path) -> None:
    folder = tmp_path / "labels"
    folder.mkdir()
    path = write_document(folder, reference, b"label", ".pdf")
    assert path.parent == folder
    assert path.resolve().parent == folder.resolve()
    assert [found.name for found in folder.iterdir()] == [path.name]
    assert list(tmp_path.iterdir()) == [folder]
    assert path.read_bytes() == b"label"
    assert_safe(path.name)
    assert_safe(safe_name(reference))


RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}


def assert_safe(name: str) -> None:
    assert 0 < len(name.encode()) <= 150
    assert not set(name) & set('/\\<>:"|?*\0')
    assert name.isprintable()
    assert name[0] not in ". "
    assert name[-1] not in ". "
    assert name.split(".", maxsplit=1)[0].casefold().strip() not in RESERVED


@given(st.text(st.characters(codec=None), min_size=1, max_size=300), st.sampled_from(["", ".pdf", ".zpl"]))
def test_names_are_always_safe(reference: str, suffix: str) -> None:
    name = safe_name(reference, suffix)
    assert name.endswith(suffix)
    assert_safe(name)
    assert safe_name(reference, suffix) == name


def test_names_that_are_cleaned_alike_stay_apart() -> None:
    alike = ["a_b", "a/b", "a\\b", "a:b", ".a_b", "a_b ", "x" * 200, "x" * 201, "x" * 150, "_", "/", "con", "_con"]
    assert len({safe_name(reference, ".pdf") for reference in alike}) == len(alike)


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_different_references_have_different_names(one: str, other: str) -> None:
    assert (one == other) == (safe_name(one, ".pdf") == safe_name(other, ".pdf"))


@pytest.mark.parametrize("reference", ["JD014600006281230704", "26-13579-24680", "订单 8001.2", "LX123456789CN"])
def test_harmless_names_stay(reference: str) -> None:
    assert safe_name(reference, ".pdf") == f"{reference}.pdf"


@pytest.mark.parametrize("suffix", ["pdf", "./x", ".", ".a/b", "..", ".p df", "." + "x" * 16])
def test_suffixes_are_endings(suffix: str) -> None:
    with pytest.raises(UnsafeFileName):
        safe_name("x", suffix)


def test_an_empty_reference_is_refused() -> None:
    with pytest.raises(UnsafeFileName):
        safe_name("", ".pdf")


def test_the_same_document_may_be_written_again_but_no_other(tmp_path: Path) -> None:
    path = write_document(tmp_path, "W1", b"one", ".pdf")
    inode = path.stat().st_ino
    assert write_document(tmp_path, "W1", b"one", ".pdf") == path
    assert path.stat().st_ino == inode
    for other in (b"two", b"longer"):
        with pytest.raises(FileConflict) as caught:
            write_document(tmp_path, "W1", other, ".pdf")
        assert caught.value.path == path
    assert path.read_bytes() == b"one"
    assert [found.name for found in tmp_path.iterdir()] == ["W1.pdf"]


def test_a_link_or_folder_in_the_way_is_a_conflict(tmp_path: Path) -> None:
    folder = tmp_path / "labels"
    folder.mkdir()
    victim = tmp_path / "victim"
    victim.write_bytes(b"one")
    (folder / "W1.pdf").symlink_to(victim)
    (folder / "W2.pdf").mkdir()
    (folder / "W3.pdf").symlink_to(tmp_path / "absent")
    for reference in ("W1", "W2", "W3"):
        with pytest.raises(FileConflict):
            write_document(folder, reference, b"one", ".pdf")
    assert victim.read_bytes() == b"one"
    assert not (tmp_path / "absent").exists()


def test_only_the_owner_reads_it_unless_said(tmp_path: Path) -> None:
    assert stat.S_IMODE(write_document(tmp_path, "W1", b"x").stat().st_mode) == 0o600
    assert stat.S_IMODE(write_document(tmp_path, "W2", b"x", mode=0o644).stat().st_mode) == 0o644


def test_bytes_are_synced_before_they_get_their_name_and_the_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, link = os.fsync, os.link

    def watched_fsync(handle: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else f"file of {os.fstat(handle).st_size}"
        steps.append(f"sync {kind}")
        fsync(handle)

    def watched_link(source: Path, target: Path, *, follow_symlinks: bool = True) -> None:
        steps.append("name")
        link(source, target, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(os, "link", watched_link)
    write_document(tmp_path, "W1", b"12345")
    assert steps == ["sync file of 5", "name", "sync folder"]


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_document(tmp_path, "W1", b"x")
    assert list(tmp_path.iterdir()) == []


def no_links(*_args: object, **_options: object) -> None:
    raise OSError(errno.EPERM, "no hard links here")


def test_file_systems_without_hard_links_serve_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", no_links)
    path = write_document(tmp_path, "W1", b"one", ".pdf")
    assert path.read_bytes() == b"one"
    assert write_document(tmp_path, "W1", b"one", ".pdf") == path
    with pytest.raises(FileConflict):
        write_document(tmp_path, "W1", b"two", ".pdf")
    assert [found.name for found in tmp_path.iterdir()] == ["W1.pdf"]


def test_somebody_who_comes_between_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync = os.fsync

    def rival(handle: int) -> None:
        (tmp_path / "W1").write_bytes(b"rival")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", rival)
    with pytest.raises(FileConflict):
        write_document(tmp_path, "W1", b"ours")
    assert (tmp_path / "W1").read_bytes() == b"rival"
    assert [found.name for found in tmp_path.iterdir()] == ["W1"]


def test_of_many_writers_one_wins_and_the_others_know(tmp_path: Path) -> None:
    outcomes: list[str] = []

    def write(content: bytes) -> None:
        try:
            write_document(tmp_path, "W1", content)
            outcomes.append(f"wrote {content!r}")
        except FileConflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=write, args=(bytes([65 + index]) * 1000,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    content = (tmp_path / "W1").read_bytes()
    assert sorted(outcomes) == sorted(["conflict"] * 7 + [f"wrote {content!r}"])
