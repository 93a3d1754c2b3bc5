"""Trains presets with several seeds and compares them with published figures."""
