"""Files of evidence and a platform's limits on them, checked before anything is spent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from xborder_sdk.errors import InvalidRequest
from xborder_sdk.models.base import Model
from xborder_sdk.models.dispute import EvidenceKind

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"%PDF-", "application/pdf"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"BM", "image/bmp"),
)
_ALIASES = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png"}


class EvidenceFile(Model):
    """A file to show.

    Attributes:
        name: Its name, without a folder.
        content: Its bytes; they decide what it is.
        media_type: What it says it is, such as `image/png`; refused where the bytes say otherwise.
    """

    name: str
    content: Annotated[bytes, Field(repr=False)]
    media_type: str | None = None


class EvidenceLimits(Model):
    """What a platform takes as evidence in one kind of dispute.

    Attributes:
        media_types: Types it takes, such as `image/png`.
        max_bytes: Largest file.
        max_total_bytes: Largest sum of the files of one call.
        max_name: Longest name, in characters.
        max_files: Most files of one call; None where the platform does not say.
        kinds: What a file may show. What is missing here is proved in another way, such as tracking by declaring the
            shipment.
    """

    media_types: frozenset[str]
    max_bytes: int = Field(gt=0)
    max_total_bytes: int = Field(gt=0)
    max_name: int = Field(gt=0)
    max_files: int | None = Field(default=None, gt=0)
    kinds: frozenset[EvidenceKind]

    def check(self, evidence: EvidenceKind, files: Sequence[EvidenceFile]) -> None:
        """Holds files against the limits.

        Args:
            evidence: What they show.
            files: The files of one call.

        Raises:
            InvalidRequest: The platform would refuse them; `field` names which.
        """
        if evidence not in self.kinds:
            takes = ", ".join(sorted(self.kinds))
            raise InvalidRequest(
                f"{evidence.value} is not shown by a file here", field="evidence", hint=f"it is {takes}"
            )
        if self.max_files is not None and len(files) > self.max_files:
            raise InvalidRequest(f"{len(files)} files are more than the {self.max_files} it takes", field="files")
        seen: set[bytes] = set()
        for index, file in enumerate(files):
            self._check_one(file, f"files.{index}")
            if file.content in seen:
                raise InvalidRequest("the same file is there twice", field=f"files.{index}")
            seen.add(file.content)
        size = sum(len(file.content) for file in files)
        if size > self.max_total_bytes:
            raise InvalidRequest(
                f"the files have {size} bytes together, more than the {self.max_total_bytes} it takes",
                field="files",
                hint="send fewer or smaller pictures",
            )

    def _check_one(self, file: EvidenceFile, field: str) -> None:
        if not file.name.strip() or len(file.name) > self.max_name:
            raise InvalidRequest(f"a file name has 1 to {self.max_name} characters", field=f"{field}.name")
        if any(mark in file.name for mark in "/\\") or any(ord(mark) < 32 for mark in file.name):
            raise InvalidRequest("a file name has no folder and no control characters", field=f"{field}.name")
        found = sniffed_type(file.content)
        if found not in self.media_types:
            takes = ", ".join(sorted(self.media_types))
            raise InvalidRequest(
                f"the file is {found or 'of an unknown type'}, by its bytes", field=f"{field}.content",
                hint=f"it takes {takes}",
            )  # fmt: skip
        said = (file.media_type or "").partition(";")[0].strip().lower()
        if said and _ALIASES.get(said, said) != found:
            raise InvalidRequest(f"the file says {said} and is {found}", field=f"{field}.media_type")
        if len(file.content) > self.max_bytes:
            raise InvalidRequest(
                f"the file has {len(file.content)} bytes, more than the {self.max_bytes} it takes",
                field=f"{field}.content",
                hint="make the picture smaller",
            )


def sniffed_type(content: bytes) -> str | None:
    """The media type the first bytes of a file show; None where they are none of the usual ones.

    Args:
        content: The file.
    """
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((name for start, name in _SIGNATURES if content.startswith(start)), None)
