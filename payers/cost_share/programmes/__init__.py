"""Public programmes: their own terms, limits and years, from the catalogue's yearly parameters."""
