"""Hospitals' standard charges (45 CFR 180.50), template versions 2.x and 3.0: CSV tall, CSV wide, JSON."""
