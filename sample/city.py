"""A made-up city: what its departments send, and the truth about it.

The same persons, seed and day give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from sample import (
    care,
    catalogs,
    changes,
    credit,
    divisions,
    entities,
    known,
    licences,
    livelihood,
    macro,
    police,
    records,
    world,
)
from sample.desk import Desk

SENDERS: tuple[Callable[[Desk], None], ...] = (
    police.send, care.send_civil_affairs, entities.send_civil_affairs, divisions.send_civil_affairs, care.send_health, records.send,
    livelihood.send_human_resources, livelihood.send_medical_insurance, livelihood.send_education,
    livelihood.send_disabled_persons, livelihood.send_veterans, livelihood.send_housing_fund,
    entities.send_market_regulation, changes.send_market_regulation, credit.send_market_regulation, entities.send_establishment, entities.send_taxation,
    credit.send_taxation, credit.send_approval, licences.send_approval, licences.send_natural_resources,
    divisions.send_natural_resources, licences.send_housing, licences.miss_transport, licences.send_emergency,
    credit.send_court, credit.send_development_reform, divisions.send_statistics, macro.send_statistics,
    macro.send_finance, macro.send_energy, licences.send_justice, entities.send_agriculture,
)  # fmt: skip


def generate(
    persons: int,
    seed: int,
    as_of: date,
    out: Path,
    progress: Callable[[str], None] | None = None,
    *,
    is_clean: bool = False,
) -> None:
    """Write catalogs/, landing/, frontend/ and truth/ of the city into `out`. is_clean: nobody sends anything wrong."""
    say = progress or (lambda text: None)
    say("people, addresses and organisations")
    desk = Desk(world.make(persons, seed, as_of, is_clean=is_clean), out, progress)
    (out / "frontend").mkdir(parents=True, exist_ok=True)
    for send in SENDERS:
        send(desk)
    say("catalogs")
    catalogs.write(desk, out / "catalogs")
    say("truth")
    known.write(desk, out / "truth")
