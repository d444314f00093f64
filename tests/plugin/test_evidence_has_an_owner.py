"""Calls, prints and log lines belong to the check whose thread made them."""

from __future__ import annotations

from tests.plugin.conftest import Project

CALLS = """
from concurrent.futures import ThreadPoolExecutor

def ask(golive):
    golive.vendor("uppzy").call("get_tenant")

@pytest.mark.weekly
def test_plain_thread(golive):
    thread = threading.Thread(target=ask, args=(golive,))
    thread.start()
    thread.join()
    assert False

@pytest.fixture(scope="session")
def pool():
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: None).result()
        yield pool

@pytest.mark.weekly
def test_carried(golive, pool):
    pool.submit(golive.carry(ask), golive).result()
    assert False

@pytest.mark.weekly
def test_pool_of_the_session(golive, pool):
    pool.submit(ask, golive).result()
    assert False

@pytest.mark.weekly
def test_without_calls():
    assert False
"""

OUTLIVES = """
log = logging.getLogger("shop")
done = threading.Event()
begun = threading.Event()

def late(name):
    begun.wait(10)
    print(f"printed late by {name}")
    log.warning("logged late by %s", name)
    done.set()

@pytest.mark.weekly
def test_first(golive):
    START

@pytest.mark.weekly
def test_second():
    print("printed by the second")
    begun.set()
    assert done.wait(10)
    log.warning("logged by the second")
    assert False
"""
PLAIN = "threading.Thread(target=late, args=('first',)).start()"
CARRIED = """from concurrent.futures import ThreadPoolExecutor
    ThreadPoolExecutor(1).submit(golive.carry(late), 'first')"""


def test_calls_from_threads(project: Project) -> None:
    """A plain thread, a carried one and a pool that belongs to the session: each call stands with its own check."""
    project.tests(CALLS)

    results = [each for each in project.weekly().verdict["results"] if each["check"].startswith("test_shop.py::")]

    counted = {each["check"].partition("::")[2]: len(each["finding"]["exchanges"]) for each in results}
    assert counted == {
        "test_plain_thread": 1,
        "test_carried": 1,
        "test_pool_of_the_session": 1,
        "test_without_calls": 0,
    }


def test_threads_that_outlive_their_check(project: Project) -> None:
    """What they write while the next check runs is not in its report, and stands in the ledger under their own."""
    for start, options in ((PLAIN, ()), (CARRIED, ()), (PLAIN, ("-n", "1")), (PLAIN, ("--capture=sys",))):
        project.tests(OUTLIVES.replace("START", start))

        ran = project.weekly(*options)

        sections = ran.text.partition("printed by the second")[2]
        assert "logged by the second" in sections
        assert "late by first" not in ran.text
        late = [fact for fact in ran.ledger if fact["fact"] == "output"]
        assert [(fact["check"], fact["text"]) for fact in late] == [
            ("test_shop.py::test_first", "printed late by first\nWARNING shop: logged late by first\n")
        ]


def test_evidence_of_every_phase(project: Project) -> None:
    """A call made while a fixture is set up is evidence of the test that failed with it."""
    project.tests(
        "@pytest.fixture\ndef scope(golive):\n    golive.vendor('uppzy').call('get_tenant')\n"
        "    raise RuntimeError('broken')\n"
        "@pytest.mark.weekly\ndef test_own(scope):\n    pass\n"
    )

    ran = project.weekly()

    finding = next(each for each in ran.verdict["results"] if each["check"] == "test_shop.py::test_own")["finding"]
    assert len(finding["exchanges"]) == 1
    assert "-> 200 in " in finding["exchanges"][0]
    assert "Evidence: 1 calls" in ran.page
