"""Chinese within a page of another language, marked as such, so that screen readers and fonts take it for Chinese.

Names of departments, resources and items, and what people typed, stay as they are in every language.
"""

from __future__ import annotations

import re

_CHINESE = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
_AROUND = "\u3000-\u303f\uff00-\uffef"
# from the first ideograph to the last, with the marks, digits and letters between them; or marks that stand alone
_RUN = re.compile(rf"[《「『（【]*[{_CHINESE}](?:[^<>&]*[{_CHINESE}])?[{_AROUND}]*|[{_AROUND}]+")
_TOKEN = re.compile(r"<!--.*?-->|<[^>]*>|[^<]+", re.DOTALL)
_NAME = re.compile(r"</?([a-zA-Z0-9]+)")
_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
# elements that hold plain text alone: they are marked themselves
_PLAIN = frozenset({"option", "textarea", "title", "text"})
_SILENT = frozenset({"script", "style"})


def marked(html: str) -> str:
    """A page in which every run of Chinese stands in an element with lang="zh-CN"."""
    out: list[str] = []
    open_elements: list[tuple[str, bool]] = []  # name, whether what is in it is known to be Chinese or is not read
    opened = 0  # where the innermost element's tag stands in `out`
    for token in _TOKEN.findall(html):
        if token.startswith("<"):
            opened = len(out)
            _follow(open_elements, token)
            out.append(token)
            continue
        name, is_done = open_elements[-1] if open_elements else ("", False)
        if is_done or not _RUN.search(token):
            out.append(token)
        elif name in _PLAIN:
            out[opened] = f'{out[opened][:-1]} lang="zh-CN">'
            out.append(token)
        else:
            out.append(_RUN.sub(r'<span lang="zh-CN">\g<0></span>', token))
    return "".join(out)


def _follow(open_elements: list[tuple[str, bool]], tag: str) -> None:
    """Which elements are open after a tag."""
    found = _NAME.match(tag)
    if found is None or found[1] in _VOID or tag.endswith("/>"):
        return
    name = found[1]
    if not tag.startswith("</"):
        before = bool(open_elements) and open_elements[-1][1]
        open_elements.append((name, name in _SILENT or ' lang="zh-CN"' in tag or (before and ' lang="' not in tag)))
        return
    while open_elements and open_elements.pop()[0] != name:
        pass
