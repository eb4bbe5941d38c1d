"""The outside world: HTTP, Postgres, the command line. It imports `payers`, never the reverse."""
