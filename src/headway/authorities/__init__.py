"""Who issues certificates."""
