"""Many trainings -> one comparison."""
