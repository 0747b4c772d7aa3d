"""Identifiers with right check characters, for millions of rows at once.

Sources: GB 11643 (citizen identifier), GB 32100 and GB 11714 (unified social credit code and the
organisation code inside it), GB/T 36904 with ISO 7064 MOD 37,36 (licence identifier).
Matrices are rows by characters, as ASCII bytes.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa

from sample.streams import Bytes, Ints

DIGITS = b"0123456789"
LETTERS = DIGITS + b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CREDIT_CHARACTERS = b"0123456789ABCDEFGHJKLMNPQRTUWXY"
CITIZEN_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
CITIZEN_CHECKS = np.frombuffer(b"10X98765432", np.uint8)
ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
ORGANISATION_CHECKS = np.frombuffer(b"0X987654321", np.uint8)
CREDIT_WEIGHTS = np.array([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28])
LICENCE_ROOT = "1.2.156.3005.2"


def texts(matrix: Bytes) -> pl.Series:
    """One text per row of a matrix of ASCII characters."""
    rows, width = matrix.shape
    offsets = np.arange(rows + 1, dtype=np.int64) * width
    flat = np.ascontiguousarray(matrix)
    column = pa.Array.from_buffers(pa.large_utf8(), rows, [None, pa.py_buffer(offsets), pa.py_buffer(flat)])
    return pl.Series(pl.from_arrow(column))


def characters(column: pl.Series, width: int) -> Bytes:
    """The matrix of a column whose texts all have `width` ASCII characters."""
    if not len(column):
        return np.zeros((0, width), np.uint8)
    return np.frombuffer("".join(column.to_list()).encode(), np.uint8).reshape(-1, width)


def constant(text: str, rows: int) -> Bytes:
    """The same text on every row of a matrix."""
    return np.tile(np.frombuffer(text.encode(), np.uint8), (rows, 1))


def digits(numbers: Ints, width: int, alphabet: bytes = DIGITS) -> Bytes:
    """Numbers written with leading zeros in the alphabet's base."""
    base, table = len(alphabet), np.frombuffer(alphabet, np.uint8)
    matrix = np.empty((len(numbers), width), np.uint8)
    rest = numbers.astype(np.int64)
    for place in range(width - 1, -1, -1):
        matrix[:, place] = table[rest % base]
        rest = rest // base
    return matrix


def _values(matrix: Bytes, alphabet: bytes) -> Ints:
    table = np.zeros(256, np.int64)
    table[np.frombuffer(alphabet, np.uint8)] = np.arange(len(alphabet))
    return table[matrix]


def _with(matrix: Bytes, check: Bytes) -> Bytes:
    return np.column_stack([matrix, check])


def citizen_ids(area: Ints, birth_day: Ints, serial: Ints) -> pl.Series:
    """Citizen identifiers; birth_day as yyyymmdd, an odd serial for a man."""
    body = digits(area * 10**11 + birth_day * 1000 + serial, 17)
    remainders = ((body - 48).astype(np.int64) @ CITIZEN_WEIGHTS) % 11
    return texts(_with(body, CITIZEN_CHECKS[remainders]))


def citizen_check(body: str) -> str:
    """The check character of one identifier's first 17 digits."""
    return chr(CITIZEN_CHECKS[sum(int(c) * w for c, w in zip(body, CITIZEN_WEIGHTS.tolist(), strict=True)) % 11])


def credit_codes(kind: Bytes, area: str, serial: Ints) -> pl.Series:
    """Unified social credit codes with both checks right.

    kind: two characters per row (registering department and class); serial makes the organisation code.
    """
    rows = len(serial)
    organisation = np.column_stack([constant("MA", rows), digits(serial, 6, CREDIT_CHARACTERS)])
    remainders = (_values(organisation, LETTERS) @ ORGANISATION_WEIGHTS) % 11
    body = np.column_stack([kind, constant(area, rows), organisation, _organisation_check(remainders)])
    sums = (_values(body, CREDIT_CHARACTERS) @ CREDIT_WEIGHTS) % 31
    return texts(_with(body, np.frombuffer(CREDIT_CHARACTERS, np.uint8)[(31 - sums) % 31]))


def _organisation_check(remainders: Ints) -> Bytes:
    return ORGANISATION_CHECKS[remainders]


def organisation_check(body: str) -> str:
    """The check character of one organisation code's first 8 characters."""
    total = sum(LETTERS.index(c.encode()) * w for c, w in zip(body, ORGANISATION_WEIGHTS.tolist(), strict=True))
    return chr(ORGANISATION_CHECKS[total % 11])


def credit_check(body: str) -> str:
    """The check character of one unified code's first 17 characters."""
    total = sum(CREDIT_CHARACTERS.index(c.encode()) * w for c, w in zip(body, CREDIT_WEIGHTS.tolist(), strict=True))
    return chr(CREDIT_CHARACTERS[(31 - total % 31) % 31])


def department_code(number: int) -> str:
    """The made-up unified code of the city's department of that number (class 11, 机关)."""
    return str(credit_codes(constant("11", 1), "140200", np.array([31**5 + number * 7]))[0])


def national_code(number: int) -> str:
    """The made-up unified code of a national body that sets a licence standard."""
    return str(credit_codes(constant("11", 1), "100000", np.array([31**4 + number * 11]))[0])


def licence_ids(types: pl.Series, issuers: pl.Series, serial: Ints) -> pl.Series:
    """Licence identifiers, version 001: root.type(21).issuer(18).serial(11).version.check."""
    rows = len(serial)
    kind, issuer = characters(types, 21), characters(issuers, 18)
    number, version = digits(serial, 11), constant("001", rows)
    check = _mod_37_36(np.column_stack([kind, issuer, number, version]))
    dot = constant(".", rows)
    parts = [constant(LICENCE_ROOT, rows), dot, kind, dot, issuer, dot, number, dot, version, dot, check]
    return texts(np.column_stack(parts))


def _mod_37_36(matrix: Bytes) -> Bytes:
    values = _values(matrix, LETTERS)
    product = np.full(len(values), 36)
    for place in range(values.shape[1]):
        total = (product + values[:, place]) % 36
        product = np.where(total == 0, 36, total) * 2 % 37
    check: Bytes = np.frombuffer(LETTERS, np.uint8)[(37 - product) % 36]
    return check
