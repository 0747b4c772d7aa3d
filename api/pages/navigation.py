"""What the menu offers to whom: an entry is shown to those who may do its action."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from api.texts import Language, Words
from catalog.roles import Action, Caller, Role, may


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu; `text` is a key, `actions` those of which one suffices, none for everybody."""

    path: str
    text: str
    actions: tuple[Action, ...] = ()
    needs_sign_in: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    text: str
    entries: tuple[Entry, ...]


MENU = (
    Section(
        "menu.work",
        (
            Entry("/", "menu.home"),
            Entry("/notices", "menu.notices", (Action.READ_NOTICES,)),
            Entry("/late", "menu.late", (Action.READ_DELIVERIES,)),
            Entry("/held", "menu.held", (Action.CONFIRM_DELIVERY,)),
        ),
    ),
    Section(
        "menu.data",
        (
            Entry("/catalog", "menu.catalog", needs_sign_in=False),
            Entry("/bases", "menu.bases", needs_sign_in=False),
            Entry("/open", "menu.open", needs_sign_in=False),
            Entry("/verify", "menu.verify", needs_sign_in=False),
            Entry("/my/resources", "menu.resources", (Action.READ_DELIVERIES,)),
            Entry("/registration", "menu.registration", (Action.READ_DRAFTS, Action.PUBLISH)),
            Entry("/reviews", "menu.reviews", (Action.REVIEW,)),
            Entry("/sources", "menu.sources", (Action.READ_REGISTER,)),
            Entry("/deliveries", "menu.deliveries", (Action.READ_DELIVERIES,)),
            Entry("/quality", "menu.quality", (Action.READ_FINDINGS,)),
            Entry("/orders", "menu.orders", (Action.READ_FINDINGS,)),
            Entry("/scorecards", "menu.scorecards", (Action.READ_FINDINGS,)),
            Entry("/corrections", "menu.corrections", (Action.READ_CORRECTIONS,)),
            Entry("/identities", "menu.identities", (Action.DECIDE_IDENTITY,)),
            Entry("/linkage", "menu.linkage", (Action.DECIDE_IDENTITY,)),
            Entry("/doubles", "menu.doubles", (Action.DECIDE_IDENTITY,)),
            Entry("/releases", "menu.releases", (Action.PUBLISH_RELEASE, Action.ROLL_BACK)),
        ),
    ),
    Section(
        "menu.sharing",
        (
            Entry("/requests", "menu.requests", (Action.READ_SHARING,)),
            Entry("/grants", "menu.grants", (Action.READ_SHARING,)),
            Entry("/demands", "menu.demands", (Action.READ_SHARING,)),
            Entry("/whole", "menu.whole", (Action.READ_DATA,)),
            Entry("/credit-report", "menu.credit_report", (Action.READ_DATA,)),
            Entry("/licence", "menu.licence", (Action.READ_DATA,)),
            Entry("/access", "menu.access", (Action.EXPLAIN_ACCESS,)),
        ),
    ),
    Section(
        "menu.oversight",
        (
            Entry("/projects", "menu.projects", (Action.READ_PROJECTS,)),
            Entry("/reads", "menu.reads", (Action.READ_RECEIPTS,)),
            Entry("/spills", "menu.spills", (Action.FREEZE_SPILL,)),
            Entry("/people", "menu.people", (Action.READ_PEOPLE,)),
            Entry("/clients", "menu.clients", (Action.READ_CLIENTS,)),
            Entry("/logs/sign-ins", "menu.sign_ins", (Action.READ_SIGN_INS,)),
            Entry("/logs/administration", "menu.admin_log", (Action.READ_ADMIN_LOG,)),
        ),
    ),
    Section("menu.help", (Entry("/docs", "menu.docs", needs_sign_in=False),)),
)


_PATHS = [entry.path for section in MENU for entry in section.entries]


def menu(caller: Caller | None) -> list[Section]:
    """The sections with what the caller may open, empty ones left out."""
    shown = (Section(s.text, tuple(e for e in s.entries if _is_open(e, caller))) for s in MENU)
    return [section for section in shown if section.entries]


def lines(words: Words, caller: Caller | None, path: str) -> Markup:
    """The menu as lists of links; those that lead to where the page is are marked."""
    here = tuple(each for each in _PATHS if path == each or (each != "/" and path.startswith(f"{each}/")))
    return _lines(words.lang, caller.roles if caller else None, caller is not None and caller.is_authority, here)


@lru_cache(maxsize=512)
def _lines(lang: Language, roles: frozenset[Role] | None, is_authority: bool, here: tuple[str, ...]) -> Markup:
    """Made once for what it depends on: half of a page's fixed texts stand in it."""
    words, caller = Words(lang), None if roles is None else Caller("", "", "", roles, is_authority)
    return Markup("\n").join(_section(words, section, here) for section in menu(caller))


def _section(words: Words, section: Section, here: tuple[str, ...]) -> Markup:
    entries = Markup("\n").join(_entry(words, entry, entry.path in here) for entry in section.entries)
    return Markup("<h2>{}</h2>\n<ul>\n{}\n</ul>").format(words(section.text), entries)


def _entry(words: Words, entry: Entry, is_here: bool) -> Markup:
    current = Markup(' aria-current="page"') if is_here else ""
    return Markup('<li><a href="{}"{}>{}</a></li>').format(entry.path, current, words(entry.text))


def _is_open(entry: Entry, caller: Caller | None) -> bool:
    if not entry.needs_sign_in:
        return True
    return caller is not None and (not entry.actions or any(may(caller, action) for action in entry.actions))
