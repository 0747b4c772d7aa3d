"""The migration that brings people in: up from a register in use, and down again."""

from __future__ import annotations

from sqlalchemy import inspect, text

from catalog.register import downgrade, migrate, open_engine, transaction

TABLES = {"official", "post", "web_session", "sign_in", "admin_act"}
CLIENT = [
    (
        "insert into department (id, slug, name, credit_code, division_code, registrar_name, verifier_name, is_authority) "
        "values ('d', 'police', 'x', '1', '140200', '', '', false)"
    ),
    (
        "insert into api_client (client_id, department_id, name, roles, is_demo, created_at) "
        "values ('c', 'd', 'x', '[]', false, '2026-01-01')"
    ),
    "insert into client_secret (client_id, secret_hash, created_at) values ('c', 'x', '2026-01-01')",
]


def test_secrets_of_before_open_after_it_and_everything_goes_down_again(register_url: str) -> None:
    migrate(register_url, "0001")
    engine = open_engine(register_url)
    with transaction(engine) as db:
        for statement in CLIENT:
            db.execute(text(statement))
    migrate(register_url, "0002")
    with transaction(engine) as db:
        assert db.execute(text("select is_waiting from client_secret")).scalar_one() in (False, 0)
    assert set(inspect(engine).get_table_names()) >= TABLES
    engine.dispose()
    downgrade(register_url, "0001")
    assert not set(inspect(engine).get_table_names()) & TABLES
    with transaction(engine) as db:
        assert db.execute(text("select count(*) from client_secret")).scalar_one() == 1
    engine.dispose()
    migrate(register_url)
