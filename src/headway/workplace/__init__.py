"""The page on which people answer tasks: static files, and what serves them. It speaks `/worker/v1`, as anybody may."""
