"""Template sets: where they lie, how they are layered, and which of them a document is made with."""
