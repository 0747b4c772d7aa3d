"""Addresses coded in sets: standard addresses and as many stated in the ways people write them.

    python -m bench.addresses --addresses 1500000 --json

seconds: of processor time, so that what else runs does not count, of the models that read and code (`parts` of the standard ones, `equal` as written and `parsed`, `standard`
on the roads that are named, `coded`); rate: share matched down to the room; wrong: share of those matched to another.
Half are written as the standard has them, half in four other ways.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import duckdb

from basedb.connect import Engine, connect
from basedb.macros import create_platform_key
from basedb.spec import base, run_model
from bench import command

SECRET = b"a secret of the benchmark"
STANDARD = """
create temp table address as
select *, concat('山西省大同市平城区', town_name, street, house_no, building_no, '号楼', unit_no, '单元', room_no, '室')
    as full_address
from (
    select
        lpad(i::varchar, 12, '0') as address_code, '140213' as division_code,
        '第' || i // 144 % 40 || '街道' as town_name, '某' || chr((20000 + i // 5760 % 50)::integer) || '路' as street,
        i // 288000 + 1 || '号' as house_no, (i % 3 + 1)::varchar as building_no, (i // 3 % 4 + 1)::varchar as unit_no,
        (i // 12 % 6 * 100 + 101 + i // 72 % 2)::varchar as room_no
    from range($1) r(i)
)
"""
TOLD = "create temp view address_told as select address_code as standard_code, full_address from address"
STATED = """
create temp table address_written as
select address, '140213' as county, address as natural_key, address_code
from (
    select address_code, case address_code::bigint % 8
        when 0 then replace(full_address, '山西省大同市平城区', '城区')
        when 1 then replace(replace(replace(full_address, '号楼', '－'), '单元', '－'), '室', '')
        when 2 then translate(full_address, '0123456789', '０１２３４５６７８９')
        when 3 then replace(full_address, '街道', '街道办事处')
        else full_address
    end as address
    from address
)
"""
DIVISIONS = """
create temp table division as select '140213' as division_code, '平城区' as name, '3' as level_code, false as is_statistical_only;
create temp table division_change as select '城区' as old_name, '140213' as new_code
"""


def measure(addresses: int, folder: Path) -> dict[str, object]:
    """Seconds by model, and how right the codes are."""
    models = {path.stem: path for path in base("geospatial").models}
    with connect(Engine(folder)) as connection:
        create_platform_key(connection, SECRET, exceptions=False)
        run_model(connection, models["085_address_words"])
        connection.execute(DIVISIONS)
        connection.execute(STANDARD, [addresses])
        connection.execute(TOLD)
        connection.execute(STATED)
        seconds = {
            name: _timed(connection, models[name])
            for name in ("110_address_parsed", "115_address_standard", "120_address_coded")
        }
        rate, wrong = connection.execute(
            "select avg((c.match_code = 'room')::integer), "
            "avg((c.address_code <> w.address_code)::integer) filter (where c.match_code = 'room') "
            "from address_written w join address_coded c using (natural_key)"
        ).fetchall()[0]
    return {
        "addresses": addresses,
        "seconds": seconds,
        "all": round(sum(seconds.values()), 2),
        "rate": rate,
        "wrong": wrong,
    }


def _timed(connection: duckdb.DuckDBPyConnection, model: Path) -> float:
    began = time.process_time()
    run_model(connection, model)
    return round(time.process_time() - began, 2)


def main() -> None:
    parser = command.options(__doc__)
    parser.add_argument("--addresses", type=int, default=1_500_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(asked.addresses, Path(folder))
    command.tell(found, as_json=asked.json)


if __name__ == "__main__":
    main()
