"""An estimate of a plan that a payer told in its answer about a member."""
