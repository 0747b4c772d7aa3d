"""A rule: one SQL predicate, its quality dimension, what a fault does and who answers for it."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.vocab import Column, Dimension, Finding, Outcome, Side, TableSpec

REGISTERED = "政务信息资源目录登记的信息项"  # the source of what no standard asks for but the department's own catalog


@dataclass(frozen=True, slots=True)
class Rule:
    """One predicate over the typed table, "true when the row is right"; NULL is right, too.

    code: stable, findings carry it. item: the item that the department must mend.
    source: the standard or the specification that asks for it.
    """

    code: str
    dimension: Dimension
    outcome: Outcome
    side: Side
    item: str
    predicate: str
    message: str
    remedy: str
    source: str = REGISTERED

    @property
    def is_blocking(self) -> bool:
        """Whether a row that breaks it is kept aside."""
        return self.outcome is Outcome.BLOCK_ROW

    def finding(self, count: int, rows: tuple[int, ...]) -> Finding:
        """The rule as a finding: count and the first row numbers, never a value."""
        return Finding(
            self.code, self.dimension, self.outcome, self.side, self.item, count, self.message, self.remedy, rows
        )


def blocked(code: str, message: str, remedy: str, *, count: int = 1, rows: tuple[int, ...] = ()) -> Finding:
    """A fault of the file as a whole: the delivery goes back."""
    return Finding(
        code, Dimension.ACCESSIBLE, Outcome.BLOCK_DELIVERY, Side.COLLECTOR, "", count, message, remedy, rows[:20]
    )


def of_item(
    spec: TableSpec,
    column: Column,
    code: str,
    dimension: Dimension,
    outcome: Outcome,
    predicate: str,
    message: str,
    remedy: str,
    *,
    source: str = "",
) -> Rule:
    """The rule of one item. Values that contradict each other are the verifier's, the rest the collector's."""
    side = Side.VERIFIER if dimension is Dimension.CONSISTENT else Side.COLLECTOR
    place = f"第 {spec.names.index(column.name) + 1} 项 {column.title}: "
    return Rule(code, dimension, outcome, side, column.name, predicate, place + message, remedy, source or REGISTERED)
