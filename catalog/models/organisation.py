"""Departments through time, and the programs that act for them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.models.base import Model, new_id


class Department(Model):
    """A department of the city; nothing refers to it by its name, which may change."""

    __tablename__ = "department"

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    credit_code: Mapped[str] = mapped_column(String(18), unique=True)
    division_code: Mapped[str] = mapped_column(String(12))
    upper_id: Mapped[str | None] = mapped_column(ForeignKey("department.id"))
    registrar_name: Mapped[str] = mapped_column(String(50), default="")
    verifier_name: Mapped[str] = mapped_column(String(50), default="")
    is_authority: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    names: Mapped[list[DepartmentName]] = relationship(cascade="all, delete-orphan")


class DepartmentName(Model):
    """A name that the department bore for a time."""

    __tablename__ = "department_name"

    id: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class DepartmentSuccession(Model):
    """A department whose duties went to another on a day."""

    __tablename__ = "department_succession"

    predecessor_id: Mapped[str] = mapped_column(ForeignKey("department.id"), primary_key=True)
    successor_id: Mapped[str] = mapped_column(ForeignKey("department.id"), primary_key=True)
    on_date: Mapped[date]


class ApiClient(Model):
    """A program of one department; `roles` bound what it may do, OAuth client credentials sign it in."""

    __tablename__ = "api_client"

    client_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    department_id: Mapped[str] = mapped_column(ForeignKey("department.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    roles: Mapped[list[Any]]
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    department: Mapped[Department] = relationship()
    secrets: Mapped[list[ClientSecret]] = relationship(order_by="ClientSecret.id", cascade="all, delete-orphan")


class ClientSecret(Model):
    """One of at most two valid secrets of a client, kept as an argon2 hash.

    is_waiting: made by an administrator who could read it, so that it opens nothing until a second one confirms it.
    """

    __tablename__ = "client_secret"

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("api_client.client_id"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(200))
    is_waiting: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
