"""Sections on a comparison of output layers: one file each."""
