"""The API: the commands' work as functions, and their results as objects."""
