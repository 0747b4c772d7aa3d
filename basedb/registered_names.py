"""What the registers of persons and of firms call whom they register, for bases that hear others on them."""

from __future__ import annotations

import duckdb

_VIEWS = """
    create temp macro fold_called(given) as lower(translate(translate(given, '（）', '()'), ' 　·•', ''));

    create temp view registered_name as
    select canonical('person', id_number) as code, fold_called(name) as folded, _source from input.check_resident
    union all
    select canonical('legal_entity', credit_code), fold_called(name), _source from input.check_registration;

    create temp view called_name as
    select code, folded from registered_name
    union all
    select canonical('legal_entity', credit_code), unnest([fold_called(before_text), fold_called(after_text)])
    from input.check_change
    where item_code = '01';
"""


def gather(connection: duckdb.DuckDBPyConnection) -> None:
    """Macro `fold_called`, and views `registered_name(code, folded, _source)` and `called_name(code, folded)`.

    Names are folded: brackets of one width, no blanks or middle dots. The second view holds what a firm was ever called,
    too: it has one registered name at a time (市场主体登记管理条例, 国务院令第 746 号, 第十条). Reads roles
    `check_resident`, `check_registration` and `check_change` of the base.
    """
    connection.execute(_VIEWS)
