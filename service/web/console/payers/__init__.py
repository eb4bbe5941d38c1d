"""The payers: who is meant by a name, what each covers, and where all of it was read."""
