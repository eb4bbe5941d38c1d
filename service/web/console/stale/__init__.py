"""What is stale: every fact that somebody should read again, and every yearly amount that is not settled."""
