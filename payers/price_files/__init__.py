"""Files in which payers, hospitals and Medicare publish what they pay: pure readers, one package for each kind."""
