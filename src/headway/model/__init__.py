"""Frozen records and their rules; no I/O."""
