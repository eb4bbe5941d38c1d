"""A claim before it is sent: codes, units, drug codes, bundles, payer and date, each against what the catalogue cites.

One session's lines are one claim. `payers.claims.check` is the entry; it prices nothing and promises nothing.
"""
