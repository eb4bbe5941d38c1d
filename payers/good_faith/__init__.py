"""The good-faith estimate of the No Surprises Act: what it must say, by when, and how far a bill may go beyond it."""
