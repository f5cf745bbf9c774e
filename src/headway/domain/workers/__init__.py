"""What can be done with workers: the people who answer tasks."""
