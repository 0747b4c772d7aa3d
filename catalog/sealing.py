"""Short texts that may hold a person's values, sealed before they enter the register: SM4-CTR with HMAC-SM3.

A text is bound to what it is about, so that it opens nowhere else. Sealed, it reads `key id.nonce.cipher.tag`.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from catalog.errors import Damaged
from catalog.keys import Key, Keys, Purpose

_NONCE = 16


def seal(keys: Keys, about: str, text: str) -> str:
    """The text as the register may keep it."""
    key, nonce = keys.current(Purpose.CLAIM), os.urandom(_NONCE)
    content = _crypt(key, nonce, text.encode())
    return ".".join((key.id, nonce.hex(), content.hex(), _tag(key, about, nonce, content).finalize().hex()))


def unseal(keys: Keys, about: str, sealed: str) -> str:
    """The text again, "" of none; raises Damaged for one that was changed or is about something else."""
    if not sealed:
        return ""
    try:
        key_id, *parts = sealed.split(".")
        nonce, content, tag = (bytes.fromhex(part) for part in parts)
        key = keys.by_id(key_id)
        _tag(key, about, nonce, content).verify(tag)
    except (ValueError, InvalidSignature) as error:
        raise Damaged("封存的文字已损坏", remedy="从备份恢复登记库") from error
    return _crypt(key, nonce, content).decode()


def _crypt(key: Key, nonce: bytes, content: bytes) -> bytes:
    crypt = Cipher(algorithms.SM4(_derived(key, b"cipher")[:16]), modes.CTR(nonce)).encryptor()
    return crypt.update(content) + crypt.finalize()


def _tag(key: Key, about: str, nonce: bytes, content: bytes) -> hmac.HMAC:
    mac = hmac.HMAC(_derived(key, b"mac"), hashes.SM3())
    mac.update(about.encode() + b"\0" + nonce + content)
    return mac


def _derived(key: Key, use: bytes) -> bytes:
    mac = hmac.HMAC(key.secret, hashes.SM3())
    mac.update(use)
    return mac.finalize()
