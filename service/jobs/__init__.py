"""Work that nobody waits for: a queue in Postgres, and a worker in each process that serves."""
