"""Sections on a sweep: one file each."""
