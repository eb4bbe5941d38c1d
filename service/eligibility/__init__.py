"""A check from the question as it is asked to the answer as it is read, between whoever asks and the store."""
