"""Draws synthetic digits, for work without a network."""
