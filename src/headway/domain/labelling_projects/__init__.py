"""What can be done with labelling projects."""
