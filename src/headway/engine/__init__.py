"""The operations engine; it knows nothing of apps or pools."""
