"""What can be done with SSH keys."""
