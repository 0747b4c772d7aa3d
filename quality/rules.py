"""A rule: one SQL predicate, its quality dimension, what a fault does and who answers for it."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.vocab import Dimension, Finding, Outcome, Side


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
    source: str = ""

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
