"""What is to be switched off, and who still calls it."""
