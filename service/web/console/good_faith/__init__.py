"""Good-faith estimates in the console: issued from an estimate, given out, watched against their bills, replaced."""
