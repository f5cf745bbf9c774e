"""Toloka's API v1: labelling pools and their operations, as toloka-kit speaks to them."""
