"""A form that makes something, as it comes in: with the id that its page gave it."""

from __future__ import annotations

import hashlib
import json

from starlette.datastructures import FormData

from api import visits
from api.pages.page import Page, text_of
from catalog.sent_forms import Sent

FORM_ID = "form_id"


def sent_once(page: Page, form: FormData) -> Sent:
    """A form that makes something, as it came in: with the id that its page gave it, and what it says."""
    said = [[name, value] for name, value in form.multi_items() if name not in (visits.CSRF_FIELD, FORM_ID)]
    digest = hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()
    return Sent(page.official.department_id, text_of(form, FORM_ID, 40), digest, page.now)
