"""What can be done with task suites."""
