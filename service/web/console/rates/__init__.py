"""What payers really allow: every code side by side, and one of its rates chosen by a person."""
