"""Measured work: every figure beside a peer in the same run on the same machine, and as a ratio to it."""
