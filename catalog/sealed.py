"""A stream of bytes sealed under a passphrase: SM4-CTR, each piece with its HMAC-SM3; docs/backup.md has the format.

A piece is authenticated together with the header, its place and whether it is the last, before a byte of it is used:
a change, a piece left out, moved or cut off is found. The keys come from the passphrase and a fresh salt by scrypt,
so no key ever serves two files.
"""

from __future__ import annotations

import io
import json
import os
import struct
from dataclasses import dataclass
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from catalog.errors import Damaged, Invalid

MAGIC = b"SIXBASE BACKUP 1\n"
PIECE = 1 << 20
LEAST_PASSPHRASE = 12
_SCRYPT = {"n": 1 << 15, "r": 8, "p": 1}
# what a header may ask for: it is read before it can be trusted
_MOST_SCRYPT = {"n": 1 << 20, "r": 16, "p": 4}
_HEAD, _TAG = struct.Struct(">IB"), 32
_MOST_HEADER = 4096


@dataclass(frozen=True, slots=True)
class _Secrets:
    cipher: bytes
    mac: bytes
    header: bytes

    def tag(self, place: int, head: bytes, content: bytes) -> hmac.HMAC:
        mac = hmac.HMAC(self.mac, hashes.SM3())
        mac.update(self.header + place.to_bytes(8, "big") + head + content)
        return mac

    def crypt(self, place: int, content: bytes) -> bytes:
        """To and from the cipher text; the counter begins with the piece's place, so none comes twice."""
        start = place.to_bytes(8, "big") + bytes(8)
        crypt = Cipher(algorithms.SM4(self.cipher), modes.CTR(start)).encryptor()
        return crypt.update(content) + crypt.finalize()


class Sealer:
    """Writes what is written to it sealed into a file; the file is whole only after `finish`."""

    def __init__(self, file: BinaryIO, passphrase: str, about: dict[str, Any]) -> None:
        if len(passphrase) < LEAST_PASSPHRASE:
            raise Invalid(f"口令不足 {LEAST_PASSPHRASE} 个字符", remedy="用更长的口令，并与备份文件分开保管")
        self._file, self._place, self._waiting = file, 0, bytearray()
        header = json.dumps({"kdf": {**_SCRYPT, "salt": os.urandom(16).hex()}, **about}, sort_keys=True).encode()
        self._secrets = _derive(passphrase, header)
        self._file.write(MAGIC + header + b"\n" + _check(self._secrets).finalize())

    def write(self, content: bytes) -> int:
        self._waiting += content
        # one piece always waits, for the last one is marked
        while len(self._waiting) > PIECE:
            self._send(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]
        return len(content)

    def finish(self) -> None:
        """Write what waits as the last piece; without it the file stays unreadable."""
        self._send(bytes(self._waiting), is_last=True)

    def _send(self, content: bytes, *, is_last: bool) -> None:
        head = _HEAD.pack(len(content), is_last)
        sealed = self._secrets.crypt(self._place, content)
        self._file.write(head + sealed + self._secrets.tag(self._place, head, sealed).finalize())
        self._place += 1


class Opener(io.RawIOBase):
    """Reads what a Sealer wrote; raises Invalid for another passphrase, Damaged for a file that was changed or cut."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        self._file, self._place, self._waiting, self._is_end = file, 0, b"", False
        if file.read(len(MAGIC)) != MAGIC:
            raise Invalid("这不是本平台的备份文件，或出自别的版本", remedy="核对文件")
        header = file.readline(_MOST_HEADER).rstrip(b"\n")
        self.about = _about(header)
        self._secrets = _derive(passphrase, header)
        try:
            _check(self._secrets).verify(file.read(_TAG))
        except InvalidSignature as error:
            raise Invalid("口令不对，或备份文件的开头已损坏", remedy="核对口令后重试；什么也没有改动") from error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._waiting and not self._is_end:
            self._waiting = self._next()
        taken = self._waiting[: len(buffer)]
        buffer[: len(taken)] = taken
        self._waiting = self._waiting[len(taken) :]
        return len(taken)

    def _next(self) -> bytes:
        head = self._file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            raise _damaged("不完整")
        length, is_last = _HEAD.unpack(head)
        if length > PIECE:
            raise _damaged("已损坏")
        sealed, tag = self._file.read(length), self._file.read(_TAG)
        try:
            self._secrets.tag(self._place, head, sealed).verify(tag)
        except InvalidSignature as error:
            raise _damaged("已损坏或不完整") from error
        self._is_end = bool(is_last)
        if self._is_end and self._file.read(1):
            raise _damaged("末尾有多余内容")
        content = self._secrets.crypt(self._place, sealed)
        self._place += 1
        return content


def _about(header: bytes) -> dict[str, Any]:
    try:
        found = json.loads(header)
        is_sound = all(0 < found["kdf"][name] <= most for name, most in _MOST_SCRYPT.items())
        is_sound = is_sound and len(bytes.fromhex(found["kdf"]["salt"])) == 16
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged("开头已损坏") from error
    if not is_sound:
        raise _damaged("开头已损坏")
    return dict(found)


def _derive(passphrase: str, header: bytes) -> _Secrets:
    asked = json.loads(header)["kdf"]
    try:
        kdf = Scrypt(salt=bytes.fromhex(asked["salt"]), length=48, n=asked["n"], r=asked["r"], p=asked["p"])
    except ValueError as error:
        raise _damaged("开头已损坏") from error
    made = kdf.derive(passphrase.encode())
    digest = hashes.Hash(hashes.SM3())
    digest.update(MAGIC + header)
    return _Secrets(made[:16], made[16:], digest.finalize())


def _check(secrets: _Secrets) -> hmac.HMAC:
    """Tells a wrong passphrase before anything is read."""
    mac = hmac.HMAC(secrets.mac, hashes.SM3())
    mac.update(b"passphrase" + secrets.header)
    return mac


def _damaged(how: str) -> Damaged:
    return Damaged(f"备份文件{how}", remedy="换一份备份；什么也没有改动")
