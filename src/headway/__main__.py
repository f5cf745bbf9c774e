"""`python -m headway`: the command line."""

from headway.cli.main import headway

if __name__ == "__main__":
    headway(prog_name="headway")
