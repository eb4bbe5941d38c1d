"""Payers' in-network files (Transparency in Coverage, schemas 1.x and 2.x): the rates of a few codes for one clinic."""
