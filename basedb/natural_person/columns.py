"""Columns that tables of the base of natural persons have alike."""

from __future__ import annotations

from basedb.spec import classes
from catalog.vocab import Column, Mask, Sensitivity, ShareType

CONDITIONAL = ShareType.CONDITIONAL
PERSONAL = Sensitivity.PERSONAL
SENSITIVE = Sensitivity.SENSITIVE


def personal(
    name: str, kind: str, title: str, title_en: str, *, mask: Mask = Mask.PLAIN, code_list: str = "", source: str = ""
) -> Column:
    return Column(
        name,
        kind,
        title,
        title_en,
        share_type=CONDITIONAL,
        sensitivity=PERSONAL,
        mask=mask,
        code_list=code_list,
        source=source,
    )


def internal(name: str, kind: str, title: str, title_en: str, *, required: bool = False, code_list: str = "") -> Column:
    return Column(name, kind, title, title_en, required=required, share_type=CONDITIONAL, code_list=code_list)


def person_key(name: str = "person_key", title: str = "自然人记录键", *, required: bool = True) -> Column:
    return Column(name, "VARCHAR", title, "Person key", required=required, share_type=CONDITIONAL, sensitivity=PERSONAL)


def deceased() -> Column:
    """Where the day of birth stands among the table's own columns."""
    return classes()[1]
