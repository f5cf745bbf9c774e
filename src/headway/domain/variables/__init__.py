"""What can be done with variables."""
