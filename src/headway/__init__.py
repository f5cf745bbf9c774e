"""Headway: a self-hosted application platform in which every slow change is an operation."""
