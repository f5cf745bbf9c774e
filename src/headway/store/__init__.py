"""The truth: SQL in, records out; every function takes a transaction."""
