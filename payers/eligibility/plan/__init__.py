"""From the rows of a payer's answer to the terms of a plan, each with the rows that say it and nothing made up."""
