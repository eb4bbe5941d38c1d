"""The audit trail for administrators: what is asked of it, its entries in words, and the sheet of them."""
