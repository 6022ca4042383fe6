"""A plan on disk: its files, what parallel.json says, its levels, and how far it is."""
