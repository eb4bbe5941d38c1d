"""Estimates for a table of patients, one a row: CSV or Parquet in and out."""
