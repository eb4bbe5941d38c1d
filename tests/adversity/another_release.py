"""`outlay seed` of a catalogue that says one thing otherwise: `python -m tests.adversity.another_release URL`."""

import asyncio
import sys

import msgspec

from payers.catalogue.load import load_release
from service.store import seed


def main() -> None:
    """Write it, and put it in force."""
    release = load_release()
    first, *others = release.sources
    other = msgspec.structs.replace(release, sources=(msgspec.structs.replace(first, title=f"{first.title}."), *others))
    seed.load_release = lambda: other
    asyncio.run(seed.seed(sys.argv[1]))


if __name__ == "__main__":
    main()
