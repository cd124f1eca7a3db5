"""A few hundred of the mangled documents that `benchmarks/fuzz_documents.py` makes by the ten thousand."""

import importlib.util
import random
from collections import Counter
from pathlib import Path

FUZZ = Path(__file__).parents[2] / "benchmarks" / "fuzz_documents.py"


def test_a_mangled_document_is_refused_or_used() -> None:
    """No exception but our own comes from the reader, the nginx text, the promise or the template; all are reached."""
    spec = importlib.util.spec_from_file_location("fuzz_documents", FUZZ)
    assert spec is not None
    assert spec.loader is not None
    fuzz = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fuzz)
    choose, outcomes = random.Random(20), Counter[str]()  # noqa: S311 - cases to repeat, no secret

    for _ in range(400):
        outcomes.update(fuzz.outcome(*fuzz.mangled(choose)))

    reached = {
        "read",
        "nginx",
        "promise",
        "template",
        "control-character",
        "wrong-form",
        "not-understood",
        "no-gateway",
    }
    assert set() == reached - outcomes.keys()
