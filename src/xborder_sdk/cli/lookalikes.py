"""Replaces what is in a vendor's answer by invented look-alikes, so that it can be kept as a test's fixture.

Everything is replaced but what is known to be harmless: words the connector itself is written in, codes of two or
three capitals or of capitals with underscores, times, amounts and short numbers. Whoever adds to that list decides for
every vendor there is.

Look-alikes keep length, case, script and punctuation, and within one recording the same text always becomes the same
look-alike, so that an id still matches where it comes again.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

_CODE = re.compile(r"[A-Z]{2,3}|(?!.*\d{3})(?=.{3,60}$)[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: ?(?:Z|GMT|UTC)?(?:[+-]\d\d:?\d\d)?)?)?")
_AMOUNT = re.compile(r"-?\d{1,7}\.\d{1,4}|\d{1,2}")
_PERSONAL_KEY = re.compile(
    r"name|address|street|phone|mail|city|county|postal|zip|tax|vat|eori|buyer|user|note|comment|message|remark|contact"
    r"|company|birth|sign|passport|iban|account",
    re.IGNORECASE,
)
_PLAIN_KEY = re.compile(r"(?!.*\d{5})[A-Za-z_$@][\w.$@:-]{0,79}")
_EMAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+")
_URL = re.compile(r"https?://\S+")
_RUNS = re.compile(r"[^\W\d_]+|\d+")
_PATH_WORDS = re.compile(r"[/?&=]+")
_HAN = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{64,}={0,2}\s*")
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_EMPTY_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 283 425]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
_SMALL_NUMBER = 10**6
_MIXED_MIN = 3
_SHORT_NUMBER = 3


class LookAlikes:
    """One recording's replacements.

    Args:
        known: Texts that stay as they are: the connector's own words.
        personal: Texts that are always replaced, whatever they look like.
        hosts: Base URLs met in the recording, and what each becomes.
    """

    def __init__(self, known: Iterable[str] = (), personal: Iterable[str] = (), hosts: Mapping[str, str] | None = None):
        self._known = frozenset(known)
        self._path_words = frozenset(word for text in self._known for word in _PATH_WORDS.split(text) if word)
        self._personal = frozenset(text.strip().casefold() for text in personal if text.strip())
        # By chance a look-alike could be somebody's name or number after all.
        self._avoided = frozenset(run for text in self._personal for run in _RUNS.findall(text))
        self._hosts = dict(hosts or {})
        self._key = secrets.token_bytes(32)
        self._words: dict[str, str] = {}
        self._numbers: dict[str, str] = {}
        self._taken: set[str] = set()

    def json(self, value: Any, key: str = "") -> Any:
        """The same structure with look-alikes.

        Args:
            value: What JSON parses to.
            key: The key under which it stands.
        """
        if isinstance(value, dict):
            return {self._of_key(name): self.json(inner, name) for name, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.json(inner, key) for inner in value]
        if isinstance(value, str):
            return self.text(value, key)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _SMALL_NUMBER:
            sign = -1 if value < 0 else 1
            return sign * int(self._number(str(abs(value))))
        return value

    def text(self, value: str, key: str = "") -> str:
        """A text's look-alike.

        Args:
            value: The text.
            key: The key under which it stands.
        """
        if value.strip().casefold() not in self._personal:
            if value in self._known:
                return value
            harmless = any(pattern.fullmatch(value) for pattern in (_CODE, _TIME, _AMOUNT))
            if harmless and not _PERSONAL_KEY.search(key):
                return value
        if _BASE64.fullmatch(value):
            return self._file(value)
        return re.sub(r"\S+", lambda found: self._token(found[0]), value)

    def known(self, value: str) -> bool:
        """Whether a text is one of the connector's own words."""
        return value in self._known

    def _of_key(self, key: str) -> str:
        return key if key in self._known or _PLAIN_KEY.fullmatch(key) else self._token(key)

    def _token(self, token: str) -> str:
        if _URL.fullmatch(token):
            return self._url(token)
        if _EMAIL.fullmatch(token):
            local = self._runs(token.partition("@")[0])
            return f"{local}@example.invalid"
        numbers = re.findall(r"\d+", token)
        if numbers and len(token) >= _MIXED_MIN and (re.search(r"[^\W\d_]", token) or _is_broken_up(numbers)):
            return self._mixed(token)
        return self._runs(token)

    def _runs(self, text: str) -> str:
        return _RUNS.sub(lambda run: self._number(run[0]) if run[0].isdigit() else self._word(run[0]), text)

    def _mixed(self, token: str) -> str:
        """A text whose runs of letters and digits may be too short to replace: every character is drawn anew."""
        for salt in range(256):
            found = self._drawn(token, salt)
            if found != token:
                break
        return found

    def _drawn(self, token: str, salt: int) -> str:
        content = bytes([salt]) + token.encode("utf-8", "surrogatepass")
        stream = hashlib.shake_256(self._key + content).digest(len(token))
        drawn = []
        for mark, byte in zip(token, stream, strict=True):
            if mark.isdigit():
                drawn.append(str(byte % 10))
            elif mark.isalpha():
                letter = "abcdefghijklmnopqrstuvwxyz"[byte % 26]
                drawn.append(letter.upper() if mark.isupper() else letter)
            else:
                drawn.append(mark)
        return "".join(drawn)

    def _url(self, url: str) -> str:
        for base, other in self._hosts.items():
            if url.startswith(base):
                start, rest = other, url[len(base) :]
                break
        else:
            parts = urlsplit(url)
            start, rest = f"{parts.scheme}://example.invalid", url[len(f"{parts.scheme}://{parts.netloc}") :]
        # Names of parameters too: an address of somebody else's may hold anything anywhere.
        return start + re.sub(r"[^/?&=#,]+", lambda part: self._part(part[0]), rest)

    def _part(self, part: str) -> str:
        plain = unquote(part)
        if (
            plain in self._path_words
            or plain in self._known
            or _TIME.fullmatch(plain)
            or re.fullmatch(r"\d{1,3}", plain)
        ):
            return part
        return re.sub(r"%[0-9A-Fa-f]{2}|[^%]+", lambda bit: bit[0] if bit[0][0] == "%" else self._token(bit[0]), part)

    def _file(self, value: str) -> str:
        try:
            content = base64.b64decode("".join(value.split()), validate=True)
        except (binascii.Error, ValueError):
            return self._mixed(value)
        return base64.b64encode(_EMPTY_PDF if content.startswith(b"%PDF") else b"removed from the recording").decode()

    def _word(self, word: str) -> str:
        if len(word) == 1 and not _HAN.match(word):
            return word
        folded = word.casefold()
        if folded not in self._words:
            self._words[folded] = self._fresh(lambda number: _invented(folded, number), folded)
        found = self._words[folded]
        if word.isupper():
            return found.upper()
        return found.capitalize() if word[0].isupper() else found

    def _number(self, digits: str) -> str:
        if len(digits) < _SHORT_NUMBER:
            return digits
        if digits not in self._numbers:
            room = 10 ** (len(digits) - 1)
            self._numbers[digits] = self._fresh(lambda number: "9" + str(number % room).zfill(len(digits) - 1), digits)
        return self._numbers[digits]

    def _fresh(self, make: Any, original: str) -> str:
        """The first look-alike that is not taken and not the original; a short one may come twice."""
        found = ""
        for number in range(1, 2000):
            found = str(make(number))
            if found not in self._taken and found != original and found not in self._avoided:
                break
        self._taken.add(found)
        return found


def _is_broken_up(numbers: list[str]) -> bool:
    """Whether digits stand in pieces too short to be replaced one by one, as in a house number 2-14-7."""
    return sum(map(len, numbers)) >= _SHORT_NUMBER and min(map(len, numbers)) < _SHORT_NUMBER


def _invented(word: str, number: int) -> str:
    if _HAN.search(word):
        return "".join(_STEMS[(number // len(_STEMS) ** place) % len(_STEMS)] for place in range(len(word)))
    letters = []
    for place in range(len(word)):
        pool = _VOWELS if place % 2 else _CONSONANTS
        letters.append(pool[number % len(pool)])
        number = number // len(pool) + place * 3
    return "".join(letters)
