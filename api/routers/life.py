"""The life of catalog entries: submitted, returned, published, retired; their versions and what is overdue."""

from __future__ import annotations

from fastapi import APIRouter

from api import catalog_present as present
from api import catalog_schemas as schemas
from api.deps import GUARDED, Db, House, SignedIn
from api.house import Exchange
from catalog import changes, copies, entry_form, life_steps, lifecycle, resources, revisions, versions
from catalog.errors import Invalid, NotFound
from catalog.models import Department, Resource
from catalog.roles import Action, Caller, may, require
from catalog.vocab import ResourceState

router = APIRouter(prefix="/v1", tags=["authoring"], dependencies=GUARDED)


def _now(house: Exchange, caller: Caller) -> dict[str, object]:
    return {"now": house.clock(), "today": house.today, "by": caller.client_id}


def _compared(house: Exchange, caller: Caller) -> dict[str, object]:
    """The same for steps that compare the items with what other departments hold."""
    return _now(house, caller) | {"zone": house.settings.zone}


def _seen(db: Db, found: Resource, sent: schemas.StepIn | None) -> None:
    """Raise Conflict when the entry is not as it was looked at, Invalid for a change that nobody looked at."""
    if sent is not None and sent.stamp is not None:
        entry_form.require_stamp(db, found, sent.stamp)
    elif revisions.open_of(db, found) is not None:
        raise Invalid(
            f"「{found.name}」有待审核的变更，须写明所看的是哪一稿", remedy="先读取条目，带上其中的 stamp 再审核"
        )


@router.get("/resources/{slug}/entry")
def read_entry(slug: str, db: Db, caller: SignedIn) -> schemas.EntryOut:
    """The entry as registered, drafts included, with the change under way and what was returned."""
    found = resources.get(db, slug)
    require(caller, Action.READ_DRAFTS, found.provider_id)
    return present.entry(db, found)


@router.post("/resources/{slug}/submission")
def submit(slug: str, db: Db, house: House, caller: SignedIn, sent: schemas.StepIn | None = None) -> schemas.EntryOut:
    """Hand a draft, or the change of a published resource, to the authority for review."""
    found = resources.get(db, slug)
    require(caller, Action.SUBMIT, found.provider_id)
    lifecycle.submit(db, found, version=sent.version if sent else None, **_compared(house, caller))  # type: ignore[arg-type]
    return present.entry(db, found)


@router.post("/resources/{slug}/withdrawal")
def take_back(slug: str, db: Db, house: House, caller: SignedIn) -> schemas.EntryOut:
    """Take back what was submitted, or an approved change that waits for its day."""
    found = resources.get(db, slug)
    require(caller, Action.SUBMIT, found.provider_id)
    lifecycle.take_back(db, found, now=house.clock(), by=caller.client_id)
    return present.entry(db, found)


@router.post("/resources/{slug}/return")
def send_back(slug: str, sent: schemas.ReturnIn, db: Db, house: House, caller: SignedIn) -> schemas.EntryOut:
    """Return what was submitted, with a reason for each thing to mend."""
    found = resources.get(db, slug)
    require(caller, Action.REVIEW, found.provider_id)
    _seen(db, found, sent)
    reasons = [each.model_dump() for each in sent.reasons]
    lifecycle.send_back(db, found, reasons, version=sent.version, **_now(house, caller))  # type: ignore[arg-type]
    return present.entry(db, found)


@router.post("/resources/{slug}/publication")
def publish(slug: str, db: Db, house: House, caller: SignedIn, sent: schemas.StepIn | None = None) -> schemas.EntryOut:
    """Publish what was submitted; a change that consumers would feel waits until its notice has run."""
    found = resources.get(db, slug)
    require(caller, Action.PUBLISH, found.provider_id)
    _seen(db, found, sent)
    lifecycle.publish(db, found, version=sent.version if sent else None, **_compared(house, caller))  # type: ignore[arg-type]
    return present.entry(db, found)


@router.post("/resources/{slug}/retirement")
def retire(slug: str, sent: schemas.RetirementIn, db: Db, house: House, caller: SignedIn) -> schemas.EntryOut:
    """Retire a resource: at once, or after a notice where grants depend on it."""
    found = resources.get(db, slug)
    require(caller, Action.RETIRE, found.provider_id)
    lifecycle.retire(db, found, reason=sent.reason, version=sent.version, **_now(house, caller))  # type: ignore[arg-type]
    return present.entry(db, found)


@router.post("/resources/{slug}/updates")
def ask_update(slug: str, sent: schemas.UpdateIn, db: Db, house: House, caller: SignedIn) -> schemas.EntryOut:
    """Tell the provider that law or duty changed, which starts the clock of the catalog's update."""
    found = resources.get(db, slug)
    require(caller, Action.PUBLISH, found.provider_id)
    lifecycle.ask_update(db, found, reason=sent.reason, **_now(house, caller))  # type: ignore[arg-type]
    return present.entry(db, found)


@router.post("/resources/{slug}/copies", status_code=201)
def copy(slug: str, sent: schemas.CopyIn, db: Db, house: House, caller: SignedIn) -> schemas.EntryOut:
    """A draft of the caller's department with everything of this entry but slug, name, code and review."""
    require(caller, Action.REGISTER)
    source = resources.get(db, slug)
    _require_seen(caller, source)
    owner = db.get_one(Department, caller.department_id)
    made = copies.copy(db, source, sent.slug, sent.name, owner=owner, now=house.clock(), by=caller.client_id)
    return present.entry(db, made)


def _require_seen(caller: Caller, source: Resource) -> None:
    """A published entry is everybody's to copy; a draft is not known to others."""
    if source.state is not ResourceState.PUBLISHED and not may(caller, Action.READ_DRAFTS, source.provider_id):
        raise NotFound(f"没有标识为「{source.slug}」的信息资源", resource=source.slug)


@router.get("/resources/{slug}/steps")
def list_steps(slug: str, db: Db, caller: SignedIn) -> list[schemas.LifeStepOut]:
    """Who did what when, and by when the next step is due; oldest first."""
    found = resources.get(db, slug)
    require(caller, Action.READ_DRAFTS, found.provider_id)
    return [schemas.LifeStepOut.model_validate(each) for each in life_steps.history(db, found)]


@router.get("/resources/{slug}/versions")
def list_versions(slug: str, db: Db, caller: SignedIn) -> list[schemas.VersionOut]:
    """Every version with who, when and why; newest first."""
    found = resources.get(db, slug)
    require(caller, Action.READ_DRAFTS, found.provider_id)
    return [schemas.VersionOut.model_validate(each) for each in versions.listed(db, found)]


@router.get("/resources/{slug}/versions/{first:int}..{last:int}")
def compare(slug: str, first: int, last: int, db: Db, caller: SignedIn) -> schemas.DiffOut:
    """What changed from one version to another, field by field."""
    found = resources.get(db, slug)
    require(caller, Action.READ_DRAFTS, found.provider_id)
    old, new = versions.get(db, found, first).content, versions.get(db, found, last).content
    return schemas.DiffOut(
        first=first,
        last=last,
        changes=[schemas.ChangeOut.model_validate(each) for each in changes.diff(old, new)],
        breaking=[schemas.BreakingOut.model_validate(each) for each in changes.breaking(old, new)],
    )


@router.get("/overdue")
def list_overdue(db: Db, house: House, caller: SignedIn) -> list[schemas.OverdueOut]:
    """Steps past their due date: the caller's department's, or everyone's for the authority."""
    found = life_steps.overdue(db, house.today)
    if not may(caller, Action.READ_DRAFTS, ""):
        require(caller, Action.READ_DRAFTS)
        found = [each for each in found if each.department_id == caller.department_id]
    return [present.overdue(db, each) for each in found]
