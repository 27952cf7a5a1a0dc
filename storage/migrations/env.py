"""Alembic's environment: the connection comes from `Database.migrate`."""

from alembic import context
from sqlalchemy import text

from storage.models import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
if connection.dialect.name == "sqlite":
    lost = connection.execute(text("PRAGMA foreign_key_check")).all()
    if lost:
        raise RuntimeError(f"rows of {sorted({row[0] for row in lost})} point to nothing")
connection.commit()
