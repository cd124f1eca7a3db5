"""What holds for all tests."""

import asyncio

import pytest
from hypothesis import settings

# A machine that is busy with something else is no defect.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_configure(config: pytest.Config) -> None:
    """Give the main thread the event loop that Pulumi's outputs belong to; Python 3.12 and newer make none unasked."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    config.add_cleanup(loop.close)
