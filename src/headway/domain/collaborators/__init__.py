"""What can be done with the collaborators of an app."""
