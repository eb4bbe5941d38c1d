"""Medicare's own price files: the physician fee schedule by locality, and the limits for drugs of Part B."""
