"""Bytes on a network or a disk -> arrays."""
