"""Distorts images at random while a network trains."""
