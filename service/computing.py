"""Arithmetic beside the event loop: one estimate at a time, so that the loop keeps its turns."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

Inputs = ParamSpec("Inputs")
Output = TypeVar("Output")

_ONE = ThreadPoolExecutor(1, "estimate")
"""A second thread would compute nothing sooner: the interpreter runs one at a time, and the loop waits for both."""


async def computed(work: Callable[Inputs, Output], *args: Inputs.args, **kwargs: Inputs.kwargs) -> Output:
    """What the work returns, computed in the one thread kept for it; others are answered meanwhile."""
    return await asyncio.get_running_loop().run_in_executor(_ONE, partial(work, *args, **kwargs))
