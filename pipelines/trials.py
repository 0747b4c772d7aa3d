"""Trial runs of the rules that verifiers drafted: each on its resource's last delivery, before it may take effect."""

from __future__ import annotations

from collections.abc import Callable

from catalog import own_rules
from catalog.errors import Invalid
from catalog.models import RuleTrial
from pipelines.house import House
from pipelines.references import bounds, own_rule, reference, spec_for


def run_trials(house: House) -> int:
    """Run every trial that waits; how many there were. One that cannot be run says why and holds up no other."""
    with house.transaction() as db:
        waiting = [trial.id for trial in own_rules.waiting_trials(db)]
    for trial_id in waiting:
        _settle(house, trial_id)
        house.told(f"trial {trial_id}")
    return len(waiting)


def _settle(house: House, trial_id: str) -> None:
    try:
        record = _run(house, trial_id)
    except Invalid as error:
        reason = f"{error.message}；{error.remedy}"
        with house.transaction() as db:
            own_rules.fail_trial(db.get_one(RuleTrial, trial_id), reason, now=house.clock())
        return
    with house.transaction() as db:
        record(db.get_one(RuleTrial, trial_id))


def _run(house: House, trial_id: str) -> Callable[[RuleTrial], None]:
    """Try the rule outside any transaction; gives what writes the result down. Raises Invalid when it cannot be tried."""
    from quality.trial import try_rule  # Great Expectations takes seconds to import

    with house.transaction() as db:
        rule = db.get_one(RuleTrial, trial_id).rule
        delivery = own_rules.last_delivery(db, rule.resource)
        if delivery is None:
            raise Invalid("还没有通过检查的报送", remedy="报送后再试运行")
        spec, facts, own = spec_for(db, delivery), reference(house, db, delivery), own_rule(house, db, rule)
    delivery_id, path = delivery.id, house.store.bytes_of(delivery.digest)
    tried = try_rule(path, delivery.filename, spec, own, as_of=house.today, reference=facts, bounds=bounds(house))
    return lambda trial: own_rules.record_trial(
        trial, delivery_id, rows=tried.rows, count=tried.count, first_rows=tried.first_rows, now=house.clock()
    )
