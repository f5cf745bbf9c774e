"""What can be read; one file per noun, never writes."""
