"""What outlives the process: Postgres through asyncpg, with the SQL in sight."""
