"""What apps run by the clock."""
