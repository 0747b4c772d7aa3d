"""A delivery against the deliveries before it: rows, empty values, shares of codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from catalog.vocab import DeliveryMode, Dimension, Finding, Outcome, Profile, Side, TableSpec

FEWEST_ROWS = 50  # shares of fewer rows move by chance


@dataclass(frozen=True, slots=True)
class Limits:
    """From which change on a delivery is warned of, and from which it waits for a steward.

    fewest: deliveries without which nothing is judged. rows: change against the usual number, in per cent; increments
    differ by nature, so for them only the times. empty, shares: change of a share in percentage points.
    """

    fewest: int
    rows: tuple[float, float]
    times: tuple[float, float]
    empty: tuple[float, float]
    shares: tuple[float, float]


def compare(
    spec: TableSpec, mode: DeliveryMode, now: Profile, before: Sequence[Profile], limits: Limits
) -> tuple[Finding, ...]:
    """What is unusual about a delivery, with warnings and reasons to hold it back; nothing without enough history."""
    if len(before) < limits.fewest:
        return ()
    found = [*_rows(mode, now, before, limits)]
    wide = [each for each in before if each.rows >= FEWEST_ROWS]
    if now.rows >= FEWEST_ROWS and len(wide) >= limits.fewest:
        found += [*_empty(spec, now, wide, limits), *_shares(spec, now, wide, limits)]
    return tuple(found)


def _rows(mode: DeliveryMode, now: Profile, before: Sequence[Profile], limits: Limits) -> Iterator[Finding]:
    usual = median(each.rows for each in before)
    if not usual:
        return
    if mode is DeliveryMode.SNAPSHOT:
        change, steps = 100 * abs(now.rows - usual) / usual, limits.rows
        told = f"变化 {change:.0f}%"
    else:
        change, steps = max(now.rows, 1) / usual, limits.times
        change = max(change, 1 / change)
        told = f"相差 {change:.1f} 倍"
    message = f"本批次 {now.rows} 行，以往通常 {usual:.0f} 行，{told}"
    yield from _finding("HISTORY_ROWS", Dimension.COMPLETE, "", change, steps, message)


def _empty(spec: TableSpec, now: Profile, before: Sequence[Profile], limits: Limits) -> Iterator[Finding]:
    for column in spec.columns:
        known = [100 * each.empty[column.name] / each.rows for each in before if column.name in each.empty]
        if len(known) >= limits.fewest:
            share, usual = 100 * now.empty[column.name] / now.rows, median(known)
            message = f"{column.title}: 空值占 {share:.1f}%，以往通常 {usual:.1f}%"
            change = abs(share - usual)
            yield from _finding("HISTORY_EMPTY", Dimension.COMPLETE, column.name, change, limits.empty, message)


def _shares(spec: TableSpec, now: Profile, before: Sequence[Profile], limits: Limits) -> Iterator[Finding]:
    for name, counts in now.codes.items():
        known = [each.codes[name] for each in before if each.codes.get(name)]
        if len(known) >= limits.fewest:
            change = _moved(counts, _together(known))
            message = f"{spec.column(name).title}: 各代码所占比例与以往相比有 {change:.1f} 个百分点发生移动"
            yield from _finding("HISTORY_SHARES", Dimension.CONSISTENT, name, change, limits.shares, message)


def _together(known: Sequence[Mapping[str, int]]) -> dict[str, int]:
    return {code: sum(each.get(code, 0) for each in known) for code in {code for each in known for code in each}}


def _moved(now: Mapping[str, int], before: Mapping[str, int]) -> float:
    """How many of a hundred rows would have to change their code to make the shares equal."""
    total_now, total_before = sum(now.values()), sum(before.values())
    codes = {*now, *before}
    return 50 * sum(abs(now.get(c, 0) / total_now - before.get(c, 0) / total_before) for c in codes)


def _finding(
    rule: str, dimension: Dimension, item: str, change: float, steps: tuple[float, float], message: str
) -> Iterator[Finding]:
    warn, hold = steps
    if change >= warn:
        outcome = Outcome.HOLD if change >= hold else Outcome.WARN
        remedy = "请核对导出条件；情况属实的，向数据管理员说明"
        yield Finding(rule, dimension, outcome, Side.VERIFIER, item, 1, message, remedy)
