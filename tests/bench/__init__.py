"""How fast scaffold is: whole processes against partners that do the same work. `python -m tests.bench --help`."""
