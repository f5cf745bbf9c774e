"""Workiva's Platform API: one operation by its id, and what can be begun in it."""
