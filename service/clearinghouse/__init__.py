"""Connectors that carry a question to a payer and its answer back."""
