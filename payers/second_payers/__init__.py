"""Who pays after the first payer, each with what it still holds: supplements, programmes, second plans, cards."""
