"""The estimates on file: found again, set side by side, and computed again."""
