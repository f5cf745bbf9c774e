"""From source to slug."""
