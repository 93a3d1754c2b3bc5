"""Sections on runs side by side: one file each."""
