"""The queue's tables are those that pgqueuer would make itself."""

from pgqueuer.adapters.persistence.queries import Queries

from service.store.database import connect


async def test_pgqueuer_misses_nothing(postgres_url: str) -> None:
    connection = await connect(postgres_url)
    try:
        plan = await Queries.from_asyncpg_connection(connection).plan_upgrade()
    finally:
        await connection.close()
    assert (plan.statements, plan.notes) == ((), ())
