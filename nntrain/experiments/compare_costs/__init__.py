"""Trains output layers from the same start and compares how they learn."""
