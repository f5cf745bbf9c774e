"""One vendor, one room; they do not know each other."""
