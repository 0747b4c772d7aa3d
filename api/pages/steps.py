"""A step that somebody takes with a thing on its page: done whole, or the page again with what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from starlette.datastructures import FormData
from starlette.responses import Response

from api.pages.page import Page, text_of
from catalog.errors import Invalid, PlatformError
from catalog.moves import Moving, require_seen
from catalog.register import whole

Thing = TypeVar("Thing", bound=Moving)


def _is_invalid(_: Any, error: PlatformError) -> bool:
    return isinstance(error, Invalid)


@dataclass(frozen=True, slots=True)
class Steps(Generic[Thing]):
    """How the steps of one kind of thing are taken.

    path: of the things' pages. shown: the page of one, with a fault and what was sent. may_mend: whether whoever
    sent the form can mend an error there; any other goes to the page of errors.
    """

    path: str
    shown: Callable[[Page, Thing, PlatformError, FormData], Response]
    may_mend: Callable[[Thing, PlatformError], bool] = _is_invalid

    def take(
        self,
        page: Page,
        found: Thing,
        form: FormData,
        done: str,
        act: Callable[..., object],
        *what: Any,
        **facts: Any,
    ) -> Response:
        """On to the thing's page, which says what was done. act: takes the register, `what`, the thing, and facts.

        Raises Conflict when things moved on since the page of the form was shown.
        """
        require_seen(found, text_of(form, "seen", 10))
        who = {"department_id": page.official.department_id, "by": page.official.client_id, "now": page.now}
        try:
            with whole(page.db):
                act(page.db, *what, found, **who, **facts)
        except PlatformError as error:
            if not self.may_mend(found, error):
                raise
            return self.shown(page, found, error, form)
        return page.onward(f"{self.path}/{found.id}", done=done)
