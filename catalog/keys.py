"""The secrets of an installation: one file per purpose under HOME/keys, readable by its owner alone.

A file holds generations, the newest first. Tokens, signed addresses and sign-in forms need the newest two only:
older ones have run out. Masks, references, seals, claims and record keys keep every generation, because
answers, receipts and records made under them must stay comparable and findable.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, hmac

from catalog.errors import Conflict, Misconfigured, NotFound

FORMAT_VERSION = 1
KEY_BYTES = 32


class Purpose(StrEnum):
    """What a key is for; no key serves two purposes."""

    TOKEN = "token"
    ADDRESS = "address"
    SESSION = "session"
    MASK = "mask"
    RECORD_REFERENCE = "record_reference"
    PLATFORM = "platform"
    SEAL = "seal"
    CLAIM = "claim"


_FLEETING = frozenset({Purpose.TOKEN, Purpose.ADDRESS, Purpose.SESSION})
ROTATED = tuple(purpose for purpose in Purpose if purpose is not Purpose.PLATFORM)


@dataclass(frozen=True, slots=True)
class Key:
    """One generation of one purpose; `secret` is 32 bytes and never printed."""

    id: str
    purpose: Purpose
    generation: int
    secret: bytes = field(repr=False)


def require_rotatable(purpose: Purpose) -> None:
    """Raise Conflict for platform keys."""
    if purpose is Purpose.PLATFORM:
        raise Conflict("record keys never change", remedy="平台主键密钥不可轮换")


class Signer(Protocol):
    """Signs and verifies; a city may put its SM2 signature server behind it."""

    def sign(self, content: bytes) -> tuple[str, bytes]:
        """The id of the key that signed, and the signature."""

    def verify(self, content: bytes, key_id: str, signature: bytes) -> bool:
        """Whether that key made that signature."""


class Keys:
    """The keys of one folder.

    look_every: seconds between looks at the files; a rotation by another process is seen at the next look, and
    at once where a key of an unknown id is asked for.
    """

    def __init__(self, folder: Path, *, look_every: float = 0.0) -> None:
        self.folder = folder
        self._look_every = look_every
        self._held: dict[Purpose, tuple[tuple[int, int, int], tuple[Key, ...]]] = {}
        self._looked: dict[Purpose, float] = {}

    def ensure(self) -> Keys:
        """Make every key that is missing; two processes may do so at once."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for purpose in Purpose:
            if not self._path(purpose).exists():
                self._create(purpose)
        return self

    def current(self, purpose: Purpose) -> Key:
        """The key to use from now on."""
        return self.generations(purpose)[0]

    def by_id(self, key_id: str) -> Key:
        """The key of that id, of any generation still kept; NotFound when there is none."""
        found = self.find(key_id)
        if found is None:
            raise NotFound(f"no key {key_id}", remedy="从备份恢复 HOME/keys")
        return found

    def find(self, key_id: str) -> Key | None:
        """The key of that id, None when there is none."""
        for _ in range(2):
            found = next((k for p in Purpose for k in self.generations(p) if k.id == key_id), None)
            if found is not None:
                return found
            self._looked.clear()
        return None

    def generations(self, purpose: Purpose) -> tuple[Key, ...]:
        """All kept generations, the newest first."""
        if self._look_every and time.monotonic() - self._looked.get(purpose, float("-inf")) < self._look_every:
            return self._held[purpose][1]
        path = self._path(purpose)
        try:
            found = path.stat()
        except FileNotFoundError as error:
            raise Misconfigured(f"no key file for {purpose}", remedy="运行 sixbase doctor") from error
        held, stamp = self._held.get(purpose), (found.st_mtime_ns, found.st_ino, found.st_mode)
        if held is None or held[0] != stamp:
            held = self._held[purpose] = (stamp, _read(path, purpose))
        self._looked[purpose] = time.monotonic()
        return held[1]

    def rotate(self, purpose: Purpose) -> Key:
        """A new current key; Conflict for platform keys, which name records for ever.

        Two processes that rotate at once do so one after the other: no generation is lost.
        """
        require_rotatable(purpose)
        with self._alone():
            self._looked.clear()
            old = self.generations(purpose)
            kept = old[:1] if purpose in _FLEETING else old
            made = _fresh(purpose, old[0].generation + 1)
            _write(self._path(purpose), (made, *kept), replace=True)
        self._looked.clear()
        return made

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the folder against other processes and threads that change keys."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _path(self, purpose: Purpose) -> Path:
        return self.folder / f"{purpose}.json"

    def _create(self, purpose: Purpose) -> None:
        _write(self._path(purpose), (_fresh(purpose, 1),), replace=False)


class HmacSigner:
    """Seals with HMAC-SM3 under the seal key; whoever may verify may also sign."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def sign(self, content: bytes) -> tuple[str, bytes]:
        key = self._keys.current(Purpose.SEAL)
        return key.id, _hmac_sm3(key, content).finalize()

    def verify(self, content: bytes, key_id: str, signature: bytes) -> bool:
        key = next((k for k in self._keys.generations(Purpose.SEAL) if k.id == key_id), None)
        if key is None:
            return False
        try:
            _hmac_sm3(key, content).verify(signature)
        except InvalidSignature:
            return False
        return True


def _hmac_sm3(key: Key, content: bytes) -> hmac.HMAC:
    mac = hmac.HMAC(key.secret, hashes.SM3())
    mac.update(content)
    return mac


def _fresh(purpose: Purpose, generation: int) -> Key:
    return Key(f"{purpose}-{secrets.token_hex(6)}", purpose, generation, secrets.token_bytes(KEY_BYTES))


def _read(path: Path, purpose: Purpose) -> tuple[Key, ...]:
    if path.stat().st_mode & 0o077:
        raise Misconfigured(f"others may read the {purpose} keys", remedy=f"chmod 600 {path.name}")
    content: dict[str, Any] = json.loads(path.read_bytes())
    if content.get("format_version") != FORMAT_VERSION:
        raise Misconfigured(f"the {purpose} keys have another format", remedy="运行 sixbase upgrade")
    return tuple(Key(k["id"], purpose, k["generation"], bytes.fromhex(k["secret"])) for k in content["keys"])


def _write(path: Path, keys: tuple[Key, ...], *, replace: bool) -> None:
    """Whole or not at all; without `replace`, a file that another process made meanwhile stays."""
    part = path.with_suffix(f".{secrets.token_hex(4)}.part")
    rows = [{"id": k.id, "generation": k.generation, "secret": k.secret.hex()} for k in keys]
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            json.dump({"format_version": FORMAT_VERSION, "keys": rows}, file)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            part.replace(path)
        else:
            _link(part, path)
    finally:
        part.unlink(missing_ok=True)


def _link(part: Path, path: Path) -> None:
    try:
        path.hardlink_to(part)
    except FileExistsError:
        return
