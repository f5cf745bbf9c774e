"""From a wish to a durable operation, in the caller's transaction."""
