"""What all tables share: typed columns, identifiers, UTC times, revisions that others watch."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from enum import Enum
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, Dialect, MetaData, String, TypeDecorator
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from catalog.vocab import Term


def new_id() -> str:
    """A fresh opaque identifier, 20 hex digits."""
    return secrets.token_hex(10)


class UtcDateTime(TypeDecorator[datetime]):
    """A UTC time; SQLite keeps no zone, so it is taken off and put back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone does not enter the register")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        found: datetime | None = value
        return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found


def term_column(kind: type[Term]) -> SqlEnum:
    """A column of an enumeration, stored by value."""

    def values(members: type[Enum]) -> list[str]:
        return [str(m.value) for m in members]

    return SqlEnum(kind, values_callable=values, native_enum=False, length=24, validate_strings=True)


class Model(DeclarativeBase):
    """A row of the register."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
    }


class Revision(Model):
    """A counter that grows with every change of its subject; readers compare it with what they hold."""

    __tablename__ = "revision"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(default=0)
