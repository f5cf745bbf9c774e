"""How many tasks or suites are made of what was sent, at once or in an operation."""
