"""A form that makes something: the id it has from its page's address, and how it comes in."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from api import visits
from api.pages.page import Page, text_of
from catalog import sent_forms
from catalog.models import new_id
from catalog.sent_forms import Sent

FORM_ID = "form_id"


def numbered(page: Page) -> Response | None:
    """On to the same page with an id of its form in the address; None where it has one.

    Whoever comes back to the page (back button, history, reload) then meets the form that he sent, not a new one.
    """
    if 0 < len(page.query.get(FORM_ID, "")) <= 40:
        return None
    return RedirectResponse(f"{page.path}?{urlencode({**page.query, FORM_ID: new_id()})}", 303)


def numbering(page: Page) -> dict[str, Any]:
    """What a page of such a form shows: the id, and what came of the form with that id where it was sent before."""
    if not (form_id := page.query.get(FORM_ID, "")):
        return {"made_before": ""}
    sent = sent_forms.answer(page.db, page.official.department_id, form_id)
    return {"form_id": lambda: form_id, "made_before": sent}


def sent_once(page: Page, form: FormData) -> Sent:
    """A form that makes something, as it came in: with the id that its page gave it, and what it says."""
    said = [[name, value] for name, value in form.multi_items() if name not in (visits.CSRF_FIELD, FORM_ID)]
    digest = hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()
    return Sent(page.official.department_id, text_of(form, FORM_ID, 40), digest, page.now)
