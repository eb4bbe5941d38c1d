"""People and keys, for administrators: who may open what, given and taken away."""
