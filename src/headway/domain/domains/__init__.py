"""What can be done with the domains of an app."""
