"""A placeholder is a type, and stays one."""

import copy
import json
import pickle

from mtls_app_gateway.document.placeholder import Placeholder, is_placeholder
from mtls_app_gateway.document.view import view

from tests.rehearsal.documents import document, listener


def test_it_has_a_path_and_a_text() -> None:
    """The text says what is missing, wherever it is printed."""
    placeholder = Placeholder("network.subnetId")

    assert "network.subnetId" == placeholder.path
    assert "$input/network.subnetId" == placeholder
    assert '["$input/network.subnetId"]' == json.dumps([placeholder])


def test_it_stays_one() -> None:
    """A placeholder that became a plain text would reach Azure."""
    placeholder = Placeholder("location")

    for same in (str(placeholder), copy.deepcopy([placeholder])[0], pickle.loads(pickle.dumps(placeholder))):  # noqa: S301 - our own
        assert is_placeholder(same)
        assert placeholder == same


def test_a_text_of_its_form_is_none() -> None:
    """A document from a file holds texts alone, and they are judged as such."""
    name = Placeholder("listeners[0].hostNames[0]")
    given = document([listener("https", 443, hostNames=[name])])

    assert () == view(given).listeners[0].host_names
    assert ("$input/listeners[0].hostNames[0]",) == view(json.loads(json.dumps(given))).listeners[0].host_names
