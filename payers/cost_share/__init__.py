"""Who pays what: plan design, ledger, adjudication, public programmes, other coverage, assistance."""
