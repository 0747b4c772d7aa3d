"""Alembic's entry: runs the migrations against the address it is given."""

from alembic import context
from sqlalchemy import create_engine

from catalog.models import Model


def run() -> None:
    engine = create_engine(context.config.attributes["url"])
    with engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=Model.metadata, render_as_batch=True, compare_type=True
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
