"""What deliveries are like as a whole, and the rules that verifiers add, with their trial runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.models.base import Model, new_id, term_column
from catalog.models.deliveries import Delivery
from catalog.models.resources import Resource
from catalog.vocab import Outcome, RuleKind, RuleState, TrialState


class DeliveryProfile(Model):
    """A checked delivery as a whole: rows, empty values by item, rows by item and code. Counts only."""

    __tablename__ = "delivery_profile"

    delivery_id: Mapped[str] = mapped_column(ForeignKey("delivery.id"), primary_key=True)
    rows: Mapped[int]
    empty: Mapped[dict[str, Any]]
    codes: Mapped[dict[str, Any]]

    delivery: Mapped[Delivery] = relationship()


class AddedRule(Model):
    """One version of a rule that a verifier added to its resource; it holds for deliveries received after its adoption.

    number: of the rule within the resource, the same in all its versions. parameters: by the kind.
    """

    __tablename__ = "added_rule"
    __table_args__ = (UniqueConstraint("resource_id", "number", "version"),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id"))
    number: Mapped[int]
    version: Mapped[int]
    kind: Mapped[RuleKind] = mapped_column(term_column(RuleKind))
    item: Mapped[str] = mapped_column(String(64))
    parameters: Mapped[dict[str, Any]]
    outcome: Mapped[Outcome] = mapped_column(term_column(Outcome))
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[RuleState] = mapped_column(term_column(RuleState))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(100))
    adopted_at: Mapped[datetime | None]
    adopted_by: Mapped[str] = mapped_column(String(100), default="")
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(String(100), default="")

    resource: Mapped[Resource] = relationship()
    trials: Mapped[list[RuleTrial]] = relationship(
        back_populates="rule", order_by="RuleTrial.asked_at", cascade="all, delete-orphan"
    )

    @property
    def code(self) -> str:
        """What its findings carry."""
        return f"OWN_{self.number:03d}"

    @property
    def last_trial(self) -> RuleTrial | None:
        return self.trials[-1] if self.trials else None


class RuleTrial(Model):
    """A trial run of one version on the resource's last delivery: counts and row numbers, no values."""

    __tablename__ = "rule_trial"

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    rule_id: Mapped[str] = mapped_column(ForeignKey("added_rule.id"), index=True)
    state: Mapped[TrialState] = mapped_column(term_column(TrialState), index=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(100))
    delivery_id: Mapped[str | None] = mapped_column(ForeignKey("delivery.id"))
    done_at: Mapped[datetime | None]
    rows: Mapped[int | None]
    count: Mapped[int | None]
    first_rows: Mapped[list[Any]]
    reason: Mapped[str] = mapped_column(String(300), default="")

    rule: Mapped[AddedRule] = relationship(back_populates="trials")
    delivery: Mapped[Delivery | None] = relationship()
