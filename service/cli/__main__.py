"""`python -m service.cli` is `outlay`."""

from service.cli import main

main(prog_name="outlay")
