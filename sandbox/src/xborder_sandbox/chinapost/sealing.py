"""How requests are sealed: the gateway's SM4, pcp's digest.

The gateway: `|$4|` and Base64 of SM4 (ECB, PKCS7) over the JSON with the key behind it, as text; the cipher's key is
that text, Base64-decoded (chinapost.md section 3; sm4_vectors.json). pcp: Base64 of the sixteen bytes of
MD5 over the content with the key behind it (chinapost.md section 2).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.padding import PKCS7

_MARK = "|$4|"
_BLOCK_BITS = 128


class UnsealedError(ValueError):
    """What was sent cannot be opened with the key."""


def _cipher(key: str) -> Cipher[modes.ECB]:
    # The platform's own scheme: ECB, and no vector.
    return Cipher(SM4(base64.b64decode(key)), modes.ECB())  # noqa: S305


def seal(content: str, key: str) -> str:
    """Return what is sent for a text."""
    padder = PKCS7(_BLOCK_BITS).padder()
    padded = padder.update((content + key).encode()) + padder.finalize()
    encryptor = _cipher(key).encryptor()
    return _MARK + base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def unseal(sealed: str, key: str) -> str:
    """Return the text that was sealed.

    Raises:
        UnsealedError: If the mark, the Base64, the padding or the key at the end is not as it must be.
    """
    if not sealed.startswith(_MARK):
        raise UnsealedError("the mark is missing")
    try:
        secret = base64.b64decode(sealed.removeprefix(_MARK), validate=True)
        decryptor = _cipher(key).decryptor()
        unpadder = PKCS7(_BLOCK_BITS).unpadder()
        padded = decryptor.update(secret) + decryptor.finalize()
        text = (unpadder.update(padded) + unpadder.finalize()).decode()
    except (binascii.Error, ValueError) as error:
        raise UnsealedError("it is not sealed with this key") from error
    if not text.endswith(key):
        raise UnsealedError("the key is not at the end")
    return text.removesuffix(key)


def digest(content: str, key: str) -> str:
    """Return pcp's digest of a text."""
    return base64.b64encode(hashlib.md5((content + key).encode(), usedforsecurity=False).digest()).decode()


def has_digest(content: str, key: str, given: str) -> bool:
    """Tell whether a digest fits."""
    return hmac.compare_digest(digest(content, key).encode(), given.encode())
