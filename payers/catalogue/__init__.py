"""What is known: payers, treatments, coverage rules, codes, programmes, yearly parameters, each with its source."""
