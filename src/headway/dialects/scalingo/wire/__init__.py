"""Scalingo's shapes, field for field, in the vendor's own order; one file per noun."""
