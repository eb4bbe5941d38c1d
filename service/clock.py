"""What time it is where the clinic is."""

import time
from datetime import datetime, tzinfo
from functools import lru_cache


def local_time() -> datetime:
    """Now, in the time zone of the machine (`TZ`), which should be the clinic's: its day is the service's today."""
    seconds = time.time()
    return datetime.fromtimestamp(seconds, _zone(int(seconds // 60)))


@lru_cache(maxsize=1)
def _zone(minute: int) -> tzinfo | None:
    """The machine's offset in this minute, found once: clocks are put forward and back on a whole minute."""
    return datetime.fromtimestamp(minute * 60).astimezone().tzinfo
