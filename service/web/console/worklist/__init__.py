"""The worklist: tomorrow's schedule as a file, every coverage checked and every treatment estimated."""
