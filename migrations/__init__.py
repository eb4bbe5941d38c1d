"""Forward-only migrations, reviewed as SQL; `service.store.migrate` runs them."""
