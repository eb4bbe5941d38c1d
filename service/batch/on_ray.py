"""The parts of a table on Ray: the processes of this machine, or of the cluster that `RAY_ADDRESS` names.

Source and result have to lie where every process of the cluster finds them. What is put into Ray's memory is the
catalogue, once; rows are read and written by whoever computes them.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import ray

from payers.catalogue.catalogue import Catalogue
from service.batch.parts import Part, compute, knowledge


def each_on_ray(parts: Sequence[Part], catalogue: Catalogue, today: date, workers: int) -> Iterator[int]:
    """Compute the parts in so many processes at once; the rows of each as it is done, in whatever order."""
    library: Any = ray  # its own types are unknown to the checker
    begun = not library.is_initialized()
    if begun:
        library.init(num_cpus=workers, include_dashboard=False, log_to_driver=False, logging_level="error")
    try:
        work = library.remote(num_cpus=1)(compute)
        known = library.put(knowledge(catalogue))
        waiting = list(parts)
        running = [work.remote(waiting.pop(0), known, today) for _ in range(min(workers, len(waiting)))]
        while running:
            done, running = library.wait(running)
            yield from library.get(done)
            if waiting:
                running.append(work.remote(waiting.pop(0), known, today))
    finally:
        if begun:
            library.shutdown()
