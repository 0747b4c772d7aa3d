"""What the command line can do, a file for each kind of work; doors are opened inside the commands."""
