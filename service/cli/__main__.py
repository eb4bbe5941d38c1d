"""`python -m service.cli` is `outlay`."""

from service.cli import main

if __name__ == "__main__":
    main(prog_name="outlay")
