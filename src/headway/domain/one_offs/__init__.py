"""What can be done with one-off containers."""
