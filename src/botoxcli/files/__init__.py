"""One file a format: reading and writing of what stands outside the ledger."""
