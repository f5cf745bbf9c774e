"""What can be done with the answers to tasks."""
