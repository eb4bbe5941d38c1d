"""Everything that is on file about one person: found, handed out, and taken away as far as the law lets it."""
