"""Verified stand-ins: they pass the conformance suites, and are shipped."""
