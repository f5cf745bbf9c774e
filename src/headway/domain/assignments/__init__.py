"""What can be done with assignments: by those who work, and by those who look at it."""
