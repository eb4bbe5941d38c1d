"""The clinic's own price list: what it asks on a day at a site, what lowers it, and what paying over time costs."""
