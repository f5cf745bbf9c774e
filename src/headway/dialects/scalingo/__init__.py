"""Scalingo API v1."""
