"""What the menu offers to whom: an entry is shown to those who may do its action."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.roles import Action, Caller, may


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
            Entry("/releases", "menu.releases", (Action.PUBLISH_RELEASE, Action.ROLL_BACK)),
        ),
    ),
    Section(
        "menu.sharing",
        (
            Entry("/requests", "menu.requests", (Action.READ_SHARING,)),
            Entry("/grants", "menu.grants", (Action.READ_SHARING,)),
            Entry("/demands", "menu.demands", (Action.READ_SHARING,)),
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


def menu(caller: Caller | None) -> list[Section]:
    """The sections with what the caller may open, empty ones left out."""
    shown = (Section(s.text, tuple(e for e in s.entries if _is_open(e, caller))) for s in MENU)
    return [section for section in shown if section.entries]


def _is_open(entry: Entry, caller: Caller | None) -> bool:
    if not entry.needs_sign_in:
        return True
    return caller is not None and (not entry.actions or any(may(caller, action) for action in entry.actions))
