"""Copies of an entry: last year's, or a like one, as the draft of a new one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import judgement, writing
from catalog.entry_lines import SLUG_FORM, is_slug
from catalog.errors import Conflict, Invalid
from catalog.models import Department, Resource
from catalog.vocab import ResourceState, bare


def copy(db: Session, source: Resource, slug: str, name: str, *, owner: Department, now: datetime, by: str) -> Resource:
    """A draft with everything of the source but slug, name, code, dates, base role and secrecy review.

    System and front-end table stay only within the department. Raises Invalid for a slug that cannot be,
    Conflict for a slug or name that is taken.
    """
    _require_free(db, slug, name)
    entry = writing.entry_of(db, source)
    entry.slug, entry.name, entry.code = slug, name.strip(), ""
    entry.published_date = entry.secrecy_reviewed_date = None
    entry.secrecy_reviewer = entry.base_role = ""
    if owner.id != source.provider_id:
        entry.system_code = entry.pull_table = ""
    made = writing.new_resource(db, slug, owner)
    writing.write(db, made, entry, now=now, by=by, reason=f"复制自 {source.slug}")
    return made


def _require_free(db: Session, slug: str, name: str) -> None:
    if not is_slug(slug):
        raise Invalid("资源标识格式不对", remedy=SLUG_FORM)
    if not bare(name) or len(name) > 200:
        raise Invalid("信息资源名称为空或过长", remedy="填写 1 至 200 个字符的名称")
    if db.scalar(select(Resource.id).where(Resource.slug == slug)):
        raise Conflict(f"资源标识「{slug}」已被使用", remedy="换一个资源标识", resource=slug)
    if bare(name) in judgement.system_names(db):
        raise Invalid("资源名称不得是系统名称", remedy="按数据内容命名")
    same = select(Resource).where(Resource.bare_name == bare(name), Resource.state != ResourceState.RETIRED)
    taken = db.scalar(same.limit(1))
    if taken is not None:
        raise Conflict(f"已有同名资源「{taken.name}」", remedy="换一个名称", resource=taken.slug)
