"""Trains a grid of settings and ranks them."""
