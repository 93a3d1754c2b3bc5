"""Numbers -> what a person looks at."""
