"""One file a use-case: prepare, decide, record. Knows no SQL and no screen."""
