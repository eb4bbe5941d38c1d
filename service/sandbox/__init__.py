"""A payer to practise with: a real HTTP server that answers as networks do, about people who do not exist."""

USER = "clinic"
PASSWORD = "sandbox"  # noqa: S105  printed in the documentation: there is nothing behind it
"""What every network of the sandbox lets in: the user name or client id, and the password, API key or client secret."""
