"""Insurance and nothing else: pure functions over frozen values. No clock, no environment, no event loop."""
