"""What can be done with logs."""
