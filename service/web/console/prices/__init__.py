"""Prices: what each site of the clinic charges and what payers allow it, with the days on which it holds.

Rows are added, changed from a day on, and ended; what was said of a day that has passed stays as it was said.
"""
