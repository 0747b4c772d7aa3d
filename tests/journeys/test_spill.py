"""The spill procedure over HTTP: frozen at once, erased whole, and the city goes on with what is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from catalog.models import Delivery
from catalog.receipts import verify as verify_receipts
from catalog.verify import problems
from tests.api.conftest import Client
from tests.journeys.town import PEOPLE, SLUG, Town

DATA = f"/v1/data/{SLUG}"
SECRET = PEOPLE.replace("140213196503150010,1", "140213196503150010,2")


def reading(town: Town, path: str = "records") -> int:
    town.app.state.exchange.access.look_again()
    api: Client = town.api
    return int(api.get(f"{DATA}/{path}", town.tokens["consumer"]).status_code)


def delivered_twice(town: Town, folder: Path) -> dict[str, Any]:
    """A clean delivery, then one that should never have come in, both folded and read; the second."""
    town.publish(folder)
    town.consumer()
    town.share()
    for content, period in ((PEOPLE, "2026-11-18"), (SECRET, "2026-11-19")):
        sent = town.deliver(content, period)
        town.run_pipeline()
    assert town.call("consumer", "GET", f"{DATA}/extract.parquet").content[:4] == b"PAR1"
    return sent


def test_frozen_data_answers_nobody_and_a_lifted_freeze_gives_it_back(town: Town, tmp_path: Path) -> None:
    sent = delivered_twice(town, tmp_path)
    trial = town.call(
        "steward", "POST", "/v1/spills", 201, json={"delivery": sent["id"], "reason": "x", "is_trial": True}
    )
    assert (trial["state"], reading(town)) == ("trial", 200)
    frozen = town.call("steward", "POST", "/v1/spills", 201, json={"delivery": sent["id"], "reason": "误报"})
    assert frozen["derived"] == trial["derived"]
    assert (frozen["derived"]["resources"], len(frozen["derived"]["releases"])) == ([SLUG], 1)
    assert len(frozen["derived"]["extracts"]) == 1
    assert (reading(town), reading(town, "extract.parquet")) == (451, 451)
    assert town.api.get(f"/v1/resources/{SLUG}").json()["release"] is None
    assert town.api.get("/v1/resources").status_code == 200
    assert town.deliver(SECRET, "2026-11-20", 409)["code"] == "conflict"
    again = town.call("steward", "POST", "/v1/spills", 409, json={"delivery": sent["id"], "reason": "误报"})
    assert again["code"] == "conflict"
    town.call("steward", "POST", f"/v1/spills/{frozen['id']}/lifting")
    assert reading(town) == 200


def test_erased_data_is_gone_everywhere_and_leaves_a_tombstone(town: Town, tmp_path: Path) -> None:
    sent = delivered_twice(town, tmp_path)
    spoiled = town.api.get(f"/v1/resources/{SLUG}").json()["release"]
    frozen = town.call("steward", "POST", "/v1/spills", 201, json={"delivery": sent["id"], "reason": "误报"})
    erased = town.call("steward", "POST", f"/v1/spills/{frozen['id']}/erasure")
    store = town.app.state.exchange.store
    assert not store.bytes_of(sent["digest"]).exists()
    assert not store.checked(sent["id"]).exists()
    assert not store.release(SLUG, spoiled).exists()
    assert not list(store.extracts.glob("*[!s].parquet")), "only opaque record keys stay"
    # the city goes back to the release without it
    assert [each.split("/")[0] for each in erased["in_force"]] == [SLUG]
    assert reading(town) == 200
    with town.transaction() as db:
        tomb = db.get_one(Delivery, sent["id"])
        assert (tomb.state.value, tomb.digest) == ("erased", sent["digest"])
        assert problems(db, store) == []
    assert list(verify_receipts(store)) == []
    assert erased["receipt_id"]
    town.deliver(SECRET, "2026-11-20", 409)
    assert not store.bytes_of(sent["digest"]).exists()
    town.deliver(PEOPLE, "2026-11-20")
    town.run_pipeline()
    assert len(town.call("consumer", "GET", f"{DATA}/records")["records"]) == 3
    assert town.api.get(f"/v1/resources/{SLUG}").json()["release"] not in (spoiled, erased["in_force"][0].split("/")[1])


def test_without_any_other_release_the_resource_is_gone_until_the_next_build(town: Town, tmp_path: Path) -> None:
    town.publish(tmp_path)
    town.consumer()
    town.share()
    sent = town.deliver(SECRET, "2026-11-19")
    town.run_pipeline()
    town.call("consumer", "GET", f"{DATA}/records")
    frozen = town.call("steward", "POST", "/v1/spills", 201, json={"delivery": sent["id"], "reason": "误报"})
    town.call("steward", "POST", f"/v1/spills/{frozen['id']}/erasure")
    assert reading(town) == 410
    town.deliver(PEOPLE, "2026-11-20")
    town.run_pipeline()
    assert reading(town) == 200
