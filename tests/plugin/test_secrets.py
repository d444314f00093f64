"""A key that a test gives away by mistake stands in no file and in no line of the terminal."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.plugin.conftest import MANIFEST, Project, Ran

KEY = "upz_test_K7q9Zt3XwB5mPv2Ld8"
FIXTURE = """
KEY = os.environ["SHOP_KEY"]
pytestmark = pytest.mark.weekly
"""
EVERY_WAY_OUT = (
    FIXTURE
    + """
import base64
log = logging.getLogger("shop")

@pytest.fixture(autouse=True)
def talkative():
    print("set-up", KEY)
    log.warning("set-up %s", KEY)
    yield
    print("tear-down", KEY, file=sys.stderr)
    log.warning("tear-down %s", KEY)

@pytest.fixture
def breaks_before(): raise RuntimeError(f"before {KEY}")

@pytest.fixture
def breaks_after():
    yield
    raise RuntimeError(f"after {KEY}")

def test_prints():
    print(KEY); print(KEY, file=sys.stderr); os.write(1, KEY.encode())

def test_logs():
    for level in (10, 20, 30, 40, 50): log.log(level, "key %s", KEY)
    try: raise ValueError(KEY)
    except ValueError: log.exception("broken")
    assert 0

def test_message(): assert KEY == "another", f"{KEY} is wrong"

def test_local():
    local, piece = KEY, {"authorization": f"Bearer {KEY}"}
    assert piece is None

def test_before(breaks_before): pass
def test_after(breaks_after): pass

def test_warns(): warnings.warn(f"deprecated key {KEY}", DeprecationWarning)

@pytest.mark.parametrize("key", [KEY, KEY.encode(), f"Bearer {KEY}"])
def test_parameter(key): assert 0

def test_property(record_property): record_property("key", KEY); record_property(KEY, {"deep": [KEY]})

def test_thread():
    thread = threading.Thread(target=lambda: print("thread", KEY)); thread.start(); thread.join()
    threading.Thread(target=lambda: (time.sleep(0.05), print("late", KEY), log.error("late %s", KEY))).start()

def test_encoded():
    print(base64.b64encode(f"user:{KEY}".encode()).decode()); raise OSError(base64.b64encode(KEY.encode()))

def test_skips(): pytest.skip(f"because of {KEY}")
def test_xfails(): pytest.xfail(f"because of {KEY}")
def test_disabled(capsys):
    with capsys.disabled(): print("disabled", KEY)
def test_sleeps(): time.sleep(0.1)
"""
)


def written(folder: Path) -> dict[str, str]:
    """Return every file below a folder that a run wrote; the tests themselves and pytester's notes of output aside."""
    found = {}
    for path in folder.rglob("*"):
        skipped = path.suffix in {".py", ".pyc"} or "runpytest" in str(path)
        if path.is_file() and not skipped and path.name != "golive.yaml":
            found[path.relative_to(folder).as_posix()] = path.read_text(encoding="utf-8", errors="replace")
    return found


def assert_nothing_leaked(ran: Ran) -> None:
    """Search the terminal and every file, in plain and in base64."""
    forms = (KEY, base64.b64encode(KEY.encode()).decode()[:-4], base64.b64encode(f"user:{KEY}".encode()).decode()[8:-4])
    texts = {**written(ran.folder), "terminal": ran.text}
    for name, text in texts.items():
        for form in forms:
            place = text.find(form)
            assert place < 0, f"{name}: {text[max(0, place - 120) : place + 60]}"


@pytest.fixture
def shop(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project whose staging has a key."""
    monkeypatch.setenv("SHOP_KEY", KEY)
    project.write("golive.yaml", MANIFEST)
    return project


def tell(shop: Project, options: tuple[str, ...]) -> None:
    """Write the tests that give the key away; past Python's streams only where pytest captures that, too."""
    past_python = "; os.write(1, KEY.encode())"
    captured = not {"-s", "--capture=sys", "--capture=tee-sys"} & set(options)
    shop.tests(EVERY_WAY_OUT if captured else EVERY_WAY_OUT.replace(past_python, ""))


@pytest.mark.parametrize(
    "options",
    [
        ("--tb=long", "-l", "-rA", "-vv"),
        ("--tb=short", "-rA", "--log-cli-level=DEBUG", "--log-file=x.log", "--log-file-level=DEBUG"),
        ("--tb=native", "--junitxml=x.xml", "-o", "junit_logging=all", "--capture=sys"),
        ("--tb=line", "-v", "--capture=tee-sys"),
        ("--tb=no", "-rA", "--html=out/page.html"),
        ("-n", "2", "-rA", "-l", "--junitxml=x.xml", "-v"),
        ("-p", "no:html", "-W", "error"),
    ],
    ids=" ".join,
)
def test_no_way_out(shop: Project, options: tuple[str, ...]) -> None:
    """Whatever pytest is told to show, the key is masked by its name and fingerprint, and the text around it stays."""
    tell(shop, options)

    ran = shop.run("-m", "weekly", "--env", "staging", *options)

    assert_nothing_leaked(ran)
    assert "[uppzy.api_key " in (shop.folder / ".golive" / "ledger.jsonl").read_text(encoding="utf-8")
    assert "held the secret" not in ran.text, "masked before it was written, not afterwards"


def test_uncaptured(shop: Project) -> None:
    """With -s prints go straight to the terminal, and are masked on the way."""
    tell(shop, ("-s",))

    ran = shop.run("-m", "weekly", "--env", "staging", "-s", "--log-cli-level=DEBUG")

    assert_nothing_leaked(ran)
    assert "set-up [uppzy.api_key " in ran.text


def test_modules_that_cannot_be_read(shop: Project) -> None:
    """A collection error shows the line that broke, and what a module printed before it did."""
    shop.tests(FIXTURE + "print(KEY)\nraise RuntimeError(KEY)\n")
    for options in ((), ("-s",), ("-n", "1", "--junitxml=x.xml")):
        ran = shop.run("-m", "weekly", "--env", "staging", *options)

        assert_nothing_leaked(ran)
        assert "RuntimeError: [uppzy.api_key " in ran.text


@pytest.mark.parametrize(
    "conftest",
    [
        "def pytest_runtest_logfinish():\n    raise RuntimeError(os.environ['SHOP_KEY'])",
        "def pytest_runtest_logstart():\n    pytest.exit(os.environ['SHOP_KEY'])",
        "def pytest_report_header():\n    return os.environ['SHOP_KEY']",
    ],
    ids=["internal error", "exit", "header"],
)
def test_errors_outside_tests(shop: Project, conftest: str) -> None:
    """What pytest says about itself goes through the same mask."""
    shop.tests(FIXTURE + "def test_own():\n    pass\n")
    shop.conftest(f"import os\n{conftest}")

    ran = shop.run("-m", "weekly", "--env", "staging")

    assert_nothing_leaked(ran)
    assert "[uppzy.api_key " in ran.text


def test_what_a_test_sees_is_not_masked(shop: Project) -> None:
    """A team's own check that its program prints or logs no key has to see the key, or it would always be green."""
    shop.tests(
        FIXTURE + "def test_own(capsys, caplog):\n    print(KEY)\n    logging.error(KEY)\n"
        "    assert capsys.readouterr().out == KEY + '\\n'\n    assert caplog.messages == [KEY]\n"
    )

    ran = shop.run("-m", "weekly", "--env", "staging")

    assert ran.own("test_shop.py::test_own")["outcome"] == "passed"
    assert_nothing_leaked(ran)


@pytest.mark.parametrize(
    ("conftest", "options", "file"),
    [
        (
            "def pytest_html_results_summary(prefix):\n    prefix.append(os.environ['SHOP_KEY'])",
            (),
            "golive-pytest.html",
        ),
        (
            (
                "@pytest.fixture(autouse=True, scope='session')\ndef mine(record_testsuite_property):\n"
                "    record_testsuite_property('key', os.environ['SHOP_KEY'])"
            ),
            ("--junitxml=x.xml",),
            "x.xml",
        ),
    ],
    ids=["html", "junit"],
)
def test_the_last_net(shop: Project, conftest: str, options: tuple[str, ...], file: str) -> None:
    """What another plugin wrote into a report is masked there, and the verdict is NO-GO: somebody may have seen it."""
    shop.tests(FIXTURE + "def test_own():\n    pass\n")
    shop.conftest(f"import os\n{conftest}")

    ran = shop.run("-m", "weekly", "--env", "staging", *options)

    told = f"{file} held the secret uppzy.api_key: masked there, replace it wherever it was shown"
    assert (ran.code, ran.word) == (1, "NO-GO")
    assert ran.verdict["reasons"][0] == told
    assert told in ran.lines
    assert "golive: NO-GO" in ran.lines
    assert ">NO-GO</h2>" in ran.page
    assert ">NO-GO</h1>" in ran.ticket
    if file == "x.xml":
        assert '<property name="golive.verdict" value="NO-GO"' in (shop.folder / file).read_text(encoding="utf-8")
    assert_nothing_leaked(ran)


def test_the_sandbox_has_secrets_too(project: Project) -> None:
    """Its random keys are masked like real ones, so that a rehearsal shows what a report will look like."""
    project.tests(
        "@pytest.mark.weekly\ndef test_own(golive_credentials):\n"
        "    key = golive_credentials['uppzy']['api_key'].reveal()\n"
        "    open('key', 'w').write(key)\n    print('my key is', key)\n    assert 0, f'{key!r}'\n"
    )

    ran = project.weekly("-l")
    key = (project.folder / "key").read_text(encoding="utf-8")

    assert len(key) > 20
    assert key not in ran.text + ran.page + ran.ticket + str(ran.verdict) + str(ran.ledger)
    assert "my key is [uppzy.api_key " in ran.text
