"""What a project does to its own tests does not reach a shipped check."""

from __future__ import annotations

from tests.plugin.conftest import Project

CONFTEST = """
import socket

@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*args, **kwargs):
        raise RuntimeError("no network in tests")
    monkeypatch.setattr(socket, "socket", refuse)

@pytest.fixture(autouse=True, scope="session")
def mocks():
    raise RuntimeError("the project's mocks reached a shipped check")

@pytest.fixture
def own_mocks():
    raise RuntimeError("usefixtures reached a shipped check")

def pytest_runtest_setup(item):
    raise RuntimeError("a hook of the project's reached a shipped check")

def pytest_runtest_call(item):
    raise RuntimeError("a hook of the project's reached a shipped check")

def pytest_generate_tests(metafunc):
    raise RuntimeError("a hook of the project's reached a shipped check")
"""


def test_fixtures_and_hooks_of_the_project_stay_there(project: Project) -> None:
    """Autouse fixtures, usefixtures and hooks of the root conftest judge the project's tests, not the vendor's API."""
    project.conftest(CONFTEST)
    project.write("pytest.ini", "[pytest]\nusefixtures = own_mocks\n")

    ran = project.run("-m", "postrotation", "--env", "sandbox")

    assert (ran.code, ran.word) == (0, "GO")


def test_own_tests_keep_their_fixtures(project: Project) -> None:
    """The same fixtures still work where they belong."""
    project.conftest("@pytest.fixture(autouse=True)\ndef mine(request):\n    request.node.was_here = True")
    project.tests("@pytest.mark.weekly\ndef test_own(request):\n    assert request.node.was_here")

    assert project.weekly().own("test_shop.py::test_own")["outcome"] == "passed"


def test_warnings_are_no_errors_there(project: Project) -> None:
    """A project that turns warnings into errors gets the same verdict."""
    project.write("pytest.ini", "[pytest]\naddopts = -W error\nfilterwarnings = error\nxfail_strict = true\n")

    ran = project.run("-m", "postrotation", "--env", "sandbox")

    assert (ran.code, ran.word) == (0, "GO")
