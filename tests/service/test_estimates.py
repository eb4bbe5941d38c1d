"""Estimates over HTTP: stored before they are answered, once for each Idempotency-Key, and the same years later."""

import httpx
import pytest

from service.store.catalogue import add_clinic_rows
