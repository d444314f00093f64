"""The example project's handler is right, for every vendor it takes events of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pytest_golive.handlers.catalogue import functions
from pytest_golive.handlers.lab import Lab
from pytest_golive.handlers.trying import try_fault
from pytest_golive.handling import EXAMPLES, cases_of, example_setups
from pytest_golive.readiness.handler_cases import concerned
from tests.handlers.handler_mutants import under_test


@pytest.fixture(scope="module", params=EXAMPLES)
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    (setup,) = example_setups([request.param], tmp_path_factory.mktemp("example"))
    with under_test(setup) as lab:
        yield lab


@pytest.mark.parametrize("fault", list(functions()))
def test_the_example_raises_no_alarm(example: Lab, fault: str) -> None:
    if not list(concerned(cases_of([example.setup]), example.setup.pack, fault)):
        pytest.skip("what proves this vendor's deliveries cannot be wrong in this way")

    try_fault(example, fault)
