"""What can be done with apps."""
