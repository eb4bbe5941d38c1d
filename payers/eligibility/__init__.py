"""What the payer says of a member: the question to it (270), its answer (271), and the plan that the answer tells."""
