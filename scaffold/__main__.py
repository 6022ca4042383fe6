"""`python -m scaffold` is the `scaffold` command."""

from scaffold.cli import main

main()
