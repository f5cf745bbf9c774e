"""What can be done with known solutions."""
