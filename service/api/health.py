"""For whoever runs it: is the process alive, and can it serve."""

from typing import Any, Literal

import msgspec
from litestar import Controller, Response, get
from litestar.di import NamedDependency
