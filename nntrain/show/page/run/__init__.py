"""The page of a run: its data, its frame, and the network that it holds."""
