"""What is measured of apps."""
