"""Documents that people hold in their hands."""
