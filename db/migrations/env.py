"""What Alembic runs for either history: the revisions, in one transaction, on the connection that it is given."""

from alembic import context

given = context.config.attributes
context.configure(connection=given["connection"], version_table_schema=given["schema"], transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
