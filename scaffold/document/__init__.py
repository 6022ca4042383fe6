"""Makes what a template is given: values to variables, short and sound. Pure: no file is opened here."""
