"""Explicit services under explicit plan terms: the cost-sharing core without a catalogue, and its reasons."""
