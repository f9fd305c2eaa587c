"""How the gateway's business data is sealed: SM4 in ECB mode with PKCS7, in Base64 behind a mark.

Not a choice of ours: the open platform's published sample is made this way, and a test recomputes it.
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

MARK: Final = "|$4|"
_KEY_BYTES: Final = 16
_BLOCK_BITS: Final = 128


def key_bytes(key: str) -> bytes:
    """The key that a key text stands for.

    Args:
        key: The Base64 text the open platform shows.

    Raises:
        ValueError: It does not stand for 16 bytes.
    """
    try:
        found = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != _KEY_BYTES:
        raise ValueError("an SM4 key is the Base64 text of 16 bytes")
    return found


def seal(text: str, key: str) -> str:
    """The business data as it goes out: the key text is appended before encryption, as the platform wants it.

    Args:
        text: The compact JSON, exactly as meant.
        key: The key text.

    Raises:
        ValueError: The key is none.
    """
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.padding import PKCS7

    padder = PKCS7(_BLOCK_BITS).padder()
    padded = padder.update((text + key).encode()) + padder.finalize()
    encryptor = Cipher(algorithms.SM4(key_bytes(key)), modes.ECB()).encryptor()  # noqa: S305 - the vendor's mode
    return MARK + base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode("ascii")


def unseal(sealed: str, key: str) -> str:
    """The business data inside a sealed text, without the key at its end.

    Args:
        sealed: As `seal` makes it.
        key: The key text.

    Raises:
        ValueError: It is not sealed, or not with this key.
    """
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.padding import PKCS7

    if not sealed.startswith(MARK):
        raise ValueError("the text is not sealed")
    decryptor = Cipher(algorithms.SM4(key_bytes(key)), modes.ECB()).decryptor()  # noqa: S305 - the vendor's mode
    padded = decryptor.update(base64.b64decode(sealed.removeprefix(MARK), validate=True)) + decryptor.finalize()
    unpadder = PKCS7(_BLOCK_BITS).unpadder()
    text = (unpadder.update(padded) + unpadder.finalize()).decode()
    if not text.endswith(key):
        raise ValueError("the text is sealed with another key")
    return text.removesuffix(key)
