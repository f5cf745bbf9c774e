"""What all dialects share over HTTP: mounting, decoding, identity, limits, streams."""
