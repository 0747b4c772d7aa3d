"""API clients of departments: entered and rotated by one administrator, given roles and confirmed by another."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from api import people as shown
from api.deps import GUARDED, Db, House, SignedIn, administrator
from catalog import client_admin, clients, departments
from catalog.roles import Action, scope

router = APIRouter(prefix="/v1/clients", tags=["people"], dependencies=[*GUARDED, Depends(administrator)])


@router.get("")
def list_clients(db: Db, house: House, caller: SignedIn) -> list[shown.ClientOut]:
    """Clients of the caller's department; everyone's for the authority."""
    found = clients.listed(db, scope(caller, Action.READ_CLIENTS))
    return [shown.client(each, house.clock()) for each in found]


@router.post("", status_code=201)
def enter(sent: shown.ClientIn, db: Db, house: House, caller: SignedIn) -> shown.ClientOut:
    """A new client without roles or secrets."""
    home = departments.get(db, sent.department)
    made = client_admin.enter(db, caller, client_id=sent.client_id, name=sent.name, department=home, now=house.clock())
    return shown.client(made, house.clock())


@router.put("/{client_id}/roles")
def set_roles(client_id: str, sent: shown.ClientRolesIn, db: Db, house: House, caller: SignedIn) -> shown.ClientOut:
    """What the client may do from now on, its living tokens included."""
    found = clients.get(db, client_id)
    client_admin.set_roles(db, caller, found, sent.roles, now=house.clock())
    return shown.client(found, house.clock())


@router.post("/{client_id}/secrets", status_code=201)
def add_secret(client_id: str, sent: shown.SecretIn, db: Db, house: House, caller: SignedIn) -> shown.NewSecretOut:
    """A secret, shown this once; two may be valid at a time, so that a client can change over."""
    found = clients.get(db, client_id)
    made, text = client_admin.add_secret(db, caller, found, now=house.clock(), expires_at=sent.expires_at)
    return shown.new_secret(made, text)


@router.post("/{client_id}/secrets/{secret_id}/confirmation")
def confirm_secret(client_id: str, secret_id: int, db: Db, house: House, caller: SignedIn) -> shown.ClientOut:
    """Let a secret that waits open."""
    found = clients.get(db, client_id)
    client_admin.confirm_secret(db, caller, found, secret_id, now=house.clock())
    return shown.client(found, house.clock())


@router.delete("/{client_id}/secrets/{secret_id}")
def revoke_secret(client_id: str, secret_id: int, db: Db, house: House, caller: SignedIn) -> shown.ClientOut:
    """Let a secret sign in no more."""
    found = clients.get(db, client_id)
    client_admin.revoke_secret(db, caller, found, secret_id, now=house.clock())
    return shown.client(found, house.clock())


@router.delete("/{client_id}")
def revoke(client_id: str, db: Db, house: House, caller: SignedIn) -> shown.ClientOut:
    """Shut a client out for good, its tokens included."""
    found = clients.get(db, client_id)
    client_admin.revoke(db, caller, found, now=house.clock())
    return shown.client(found, house.clock())
