"""Arrays -> a trained network. Pure NumPy: no files, no printing."""
