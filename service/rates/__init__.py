"""Real rates: price files are fetched, read and put in force."""
