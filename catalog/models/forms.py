"""Forms of pages that made something."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import Model


class SentForm(Model):
    """One form that was sent, by the id it was shown with: sent again, it gets the answer of the first time.

    digest: of what it said. answer: the id of what the first send made.
    """

    __tablename__ = "sent_form"

    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"), primary_key=True)
    form_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(String(40), default="")
    sent_at: Mapped[datetime] = mapped_column(index=True)
