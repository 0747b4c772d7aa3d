"""The templates of the pages, compiled once for each language."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.ext import Extension
from markupsafe import escape

from api.texts import Language, Words

_FOLDER = Path(__file__).parents[1] / "templates"
_SAID = re.compile(r"\{\{ t\('([\w.]+)'\) \}\}")


class _Told(Extension):
    """Puts fixed texts into a template before it is compiled: a page has a hundred of them, and none ever changes."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        words: Words = self.environment.words  # type: ignore[attr-defined]
        return _SAID.sub(lambda found: str(escape(words(found[1]))), source)


@cache
def _environment(lang: Language) -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.extend(words=Words(lang))
    made.add_extension(_Told)
    return made


def template(name: str, lang: Language) -> Template:
    """The template with that file name, its fixed texts in a language."""
    return _environment(lang).get_template(name)
