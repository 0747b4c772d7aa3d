"""Keys: made once, kept from others, rotated without losing what was made under the old ones."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from catalog.errors import Conflict, Misconfigured, NotFound
from catalog.keys import HmacSigner, Keys, Purpose


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path / "keys").ensure()


def test_only_the_owner_may_read_keys(keys: Keys) -> None:
    assert stat.S_IMODE(keys.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(p.stat().st_mode) for p in keys.folder.iterdir()} == {0o600}
    assert {p.stem for p in keys.folder.iterdir()} == set(Purpose)


def test_a_key_file_open_to_others_is_refused(keys: Keys) -> None:
    (keys.folder / "mask.json").chmod(0o644)
    with pytest.raises(Misconfigured):
        Keys(keys.folder).current(Purpose.MASK)


def test_ensure_changes_no_key_that_is_there(keys: Keys) -> None:
    before = keys.current(Purpose.TOKEN)
    assert Keys(keys.folder).ensure().current(Purpose.TOKEN) == before


def test_processes_that_start_together_agree_on_the_keys(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: Keys(folder).ensure().current(Purpose.PLATFORM), range(16)))
    assert len(set(made)) == 1


def test_tokens_keep_two_generations_and_masks_keep_all(keys: Keys) -> None:
    token, mask = keys.current(Purpose.TOKEN), keys.current(Purpose.MASK)
    for _ in range(2):
        keys.rotate(Purpose.TOKEN)
        keys.rotate(Purpose.MASK)
    assert keys.by_id(mask.id) == mask
    assert keys.current(Purpose.MASK).generation == 3
    with pytest.raises(NotFound):
        keys.by_id(token.id)


def test_another_holder_of_the_folder_sees_a_rotation(keys: Keys) -> None:
    other = Keys(keys.folder)
    before = other.current(Purpose.TOKEN)
    new = keys.rotate(Purpose.TOKEN)
    assert other.current(Purpose.TOKEN) == new
    assert other.by_id(before.id) == before


def test_record_keys_are_never_rotated(keys: Keys) -> None:
    with pytest.raises(Conflict):
        keys.rotate(Purpose.PLATFORM)


def test_a_secret_is_not_printed(keys: Keys) -> None:
    key = keys.current(Purpose.MASK)
    assert key.secret.hex() not in repr(key) and repr(key.secret) not in repr(key)


def test_a_seal_verifies_after_rotation_and_not_after_a_change(keys: Keys) -> None:
    signer = HmacSigner(keys)
    key_id, signature = signer.sign(b"heads")
    keys.rotate(Purpose.SEAL)
    assert signer.verify(b"heads", key_id, signature)
    assert not signer.verify(b"heads!", key_id, signature)
    assert not signer.verify(b"heads", "seal-unknown", signature)


def test_rotations_at_once_lose_no_generation(keys: Keys) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: Keys(keys.folder).rotate(Purpose.MASK), range(16)))
    found = Keys(keys.folder).generations(Purpose.MASK)
    assert [key.generation for key in found] == list(range(17, 0, -1))
    assert {key.id for key in made} < {key.id for key in found}
