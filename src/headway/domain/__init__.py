"""What the platform does: one verb, one file."""
