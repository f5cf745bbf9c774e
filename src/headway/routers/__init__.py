"""Who receives traffic."""
