"""Releases, which of them is in force, and what no release may show."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import Model, new_id


class Release(Model):
    """An immutable release (数据发布版本) of a base or of a department's resource."""

    __tablename__ = "release"

    unit: Mapped[str] = mapped_column(String(64), primary_key=True)
    release_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    identity: Mapped[str] = mapped_column(String(64))
    manifest_digest: Mapped[str] = mapped_column(String(64))
    tables: Mapped[dict[str, Any]]
    built_from: Mapped[list[Any]]
    share_passed: Mapped[float | None]
    created_at: Mapped[datetime]
    pruned_at: Mapped[datetime | None]
    pruned_reason: Mapped[str] = mapped_column(String(300), default="")


class Publication(Model):
    """Publishing and rolling back are one row here; the unit's newest row names the release in force."""

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(String(64), index=True)
    release_id: Mapped[str] = mapped_column(String(40), index=True)
    action: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(String(300), default="")


class CityRelease(Model):
    """The base releases that answer together."""

    __tablename__ = "city_release"

    id: Mapped[int] = mapped_column(primary_key=True)
    members: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class Suppression(Model):
    """A record that no door may show between two days, whatever the release."""

    __tablename__ = "suppression"

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id"), index=True)
    record_key: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    ordered_by: Mapped[str] = mapped_column(String(100))
    ordered_at: Mapped[datetime]
