"""What can be done with deployments."""
