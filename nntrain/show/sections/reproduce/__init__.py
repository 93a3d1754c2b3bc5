"""Sections on presets that were trained again: one file each."""
