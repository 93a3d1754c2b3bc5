"""Runs the trainings of an experiment, in processes or on a cluster."""
