"""What keeps a start short: values and patterns that are made when they are first used."""
