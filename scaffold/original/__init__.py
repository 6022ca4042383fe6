"""What the modules with the names of the original tool share. They decide nothing that is decided elsewhere."""
