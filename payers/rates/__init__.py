"""Real rates: what payers, hospitals and remittances say is allowed, and which of it an estimate uses."""
