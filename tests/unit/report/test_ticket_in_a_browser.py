"""The page in a real browser: nothing on it runs or asks for anything, and everybody can read and use it."""

from __future__ import annotations

import itertools
import json
import shutil
import tempfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.report.ticket.page import ticket
from tests.unit.report.browser import CHROMIUM, Browser, browsing
from tests.unit.report.red_runs import hostile, quiet_week, red

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

FOUND = "violations.map(each => `${each.id}: ${each.nodes.length} x ${each.nodes[0].html.slice(0, 200)}`)"
"""What the accessibility engine has to say, in lines."""

OPENED = "for (const each of document.querySelectorAll('details')) each.open = true"

WIDTHS = [pytest.param(390, id="phone"), pytest.param(1280, id="desktop")]


@pytest.fixture(scope="module")
def pages() -> Iterator[dict[str, Path]]:
    """Write the pages once."""
    folder = Path(tempfile.mkdtemp(prefix="golive-pages-"))
    told = {"red": red(), "short": red(10), "hostile": hostile(), "weekly": quiet_week()}
    for name, each in told.items():
        (folder / f"{name}.html").write_text(ticket(each), encoding="utf-8")
    yield {name: folder / f"{name}.html" for name in told}
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one browser for all of them."""
    folder = Path(tempfile.mkdtemp(prefix="golive-browser-"))
    with browsing(folder) as started:
        yield started
    shutil.rmtree(folder, ignore_errors=True)


def judged(browser: Browser, without: str = "") -> list[str]:
    """Return what an accessibility engine finds wrong with the page that is shown, one of its rules left out."""
    browser.run(files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    rules = json.dumps({without: {"enabled": False}} if without else {})
    found: list[str] = browser.run(
        f"axe.run(document, {{resultTypes: ['violations'], rules: {rules}}}).then(told => told.{FOUND})"
    )
    return found


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_text_does_nothing(browser: Browser, pages: dict[str, Path], width: int) -> None:
    """Nothing runs, nothing is fetched, nothing is turned about, and the page is no wider than the screen."""
    browser.open(pages["hostile"], width=width)

    assert browser.requests() == []
    assert browser.run("document.title").startswith("NO-GO: <script>document.title='owned'</script>")
    assert browser.run("document.querySelectorAll('script, img, iframe').length") == 0
    assert browser.run("document.querySelector('h1').textContent") == "NO-GO"
    assert browser.run("document.documentElement.scrollWidth") <= width
    assert (
        browser.run("/[\\u202a-\\u202e\\u2066-\\u2069\\x00-\\x08]/.test(document.documentElement.outerHTML)") is False
    )


def test_the_second_lock_holds(browser: Browser, pages: dict[str, Path], tmp_path: Path) -> None:
    """Were something not escaped after all, the browser would still not run it nor fetch what it names."""
    page = pages["red"].read_text(encoding="utf-8")
    broken = tmp_path / "broken.html"
    script = (
        "<script>document.title = 'owned'</script><img src='http://127.0.0.1:9/x.png' onerror='document.title = 1'>"
    )
    broken.write_text(page.replace("<main", f"{script}<main"), encoding="utf-8")

    browser.open(broken)

    assert browser.run("document.title") == "NO-GO: shop, staging"
    assert browser.run("document.querySelectorAll('img').length") == 1
    told: list[Any] = [event for event in browser.events if event["method"] == "Log.entryAdded"]
    assert any("Content Security Policy" in str(event) for event in told)


@pytest.mark.parametrize(
    ("page", "width", "dark"),
    [
        pytest.param("short", 390, False, id="phone, light"),
        pytest.param("red", 1280, True, id="40 findings, desktop, dark"),
        pytest.param("weekly", 1280, False, id="GO with charts, desktop, light"),
        pytest.param("weekly", 390, True, id="GO with charts, phone, dark"),
        pytest.param("hostile", 390, True, id="hostile, phone, dark"),
    ],
)
def test_everybody_can_read_it(browser: Browser, pages: dict[str, Path], page: str, width: int, dark: bool) -> None:
    """Contrast, headings, landmarks, names, tables; and no line is wider than the screen."""
    browser.open(pages[page], width=width, dark=dark)
    browser.run(OPENED)

    # Its colours are those of the hostile page, which has every kind of outcome; it takes long to judge them 40 times.
    assert judged(browser, "color-contrast" if page == "red" else "") == []
    assert browser.run("document.documentElement.scrollWidth") <= width
    assert browser.run("getComputedStyle(document.body).backgroundColor") == (
        "rgb(13, 17, 23)" if dark else "rgb(255, 255, 255)"
    )


def test_the_word_is_what_is_seen_first(browser: Browser, pages: dict[str, Path]) -> None:
    """On a phone, without moving: large, and on the verdict's own colour."""
    browser.open(pages["red"], width=390, height=700)

    assert browser.run("document.querySelector('h1').getBoundingClientRect().bottom") < 200
    assert browser.run("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)") >= 38
    assert browser.run("getComputedStyle(document.querySelector('header')).backgroundColor") == "rgb(164, 22, 26)"
    assert browser.run("document.querySelector('.sides').getBoundingClientRect().bottom") < 400
    assert browser.run("document.querySelector('.first').textContent").startswith("40 reasons, the first: TIM-03 bl")
    assert browser.run("document.querySelector('.first a').hash") == "#finding-1"


CONTRAST = """(selector => {
  const light = colour => {
    const parts = colour.match(/[0-9.]+/g).slice(0, 3).map(each => each / 255)
    const [red, green, blue] = parts.map(each => each <= 0.03928 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const paper = light(getComputedStyle(document.body).backgroundColor)
  return [...document.querySelectorAll(selector)].map(each => {
    const ink = light(getComputedStyle(each).fill)
    return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05)
  })
})"""
"""How far the letters of drawings stand out from the paper: the engine does not look into drawings."""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_drawings_can_be_read(browser: Browser, pages: dict[str, Path], dark: bool) -> None:
    """Letters stand out from the paper, keep inside of the drawing, and what is drawn is told in words as well."""
    browser.open(pages["red"], width=390, dark=dark)
    browser.run(OPENED)

    contrasts = browser.run(f"{CONTRAST}('.drawn text')")
    assert len(contrasts) > 50
    assert min(contrasts) >= 4.5
    assert min(browser.run(f"{CONTRAST}('.drawn .answered, .drawn .refused')")) >= 3
    beyond = """[...document.querySelectorAll('.drawn')].flatMap(drawn => {
      const whole = drawn.getBoundingClientRect()
      return [...drawn.querySelectorAll('text')].map(each => each.getBoundingClientRect()).filter(
        own => own.left < whole.left - 1 || own.right > whole.right + 1).map(own => [own.left, own.right])
    })"""
    assert browser.run(beyond) == []
    apart = """[...document.querySelectorAll('.drawn')].every(drawn => {
      const all = [...drawn.querySelectorAll('.label')].map(each => each.getBoundingClientRect())
      return all.every((one, place) => all.slice(place + 1).every(
        other => one.right <= other.left || other.right <= one.left || Math.abs(one.top - other.top) > 8))
    })"""
    assert browser.run(apart) is True
    told = browser.run("[...document.querySelectorAll('svg[role=img]')].every(each => each.querySelector('desc'))")
    assert told is True


def test_charts_can_be_read_without_colours(browser: Browser, pages: dict[str, Path]) -> None:
    """This week's bar is full, the others are empty; on paper as well."""
    browser.open(pages["weekly"], media="print")
    fill = "[...new Set([...document.querySelectorAll('.weeks .{}')].map(each => getComputedStyle(each).fill))]"

    assert browser.run(fill.replace("{}", "now")) == ["rgb(0, 0, 0)"]
    assert browser.run(fill.replace("{}", "then")) == ["none"]
    assert browser.run("document.querySelectorAll('.weeks .now').length") == 6


def test_headings_and_landmarks(browser: Browser, pages: dict[str, Path]) -> None:
    """A screen reader finds one main part, one heading of the first level, and no level left out."""
    browser.open(pages["red"])
    levels = browser.run("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(each => Number(each.tagName[1]))")

    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert browser.run("['header', 'nav', 'main', 'footer'].map(each => document.querySelectorAll(each).length)") == [
        1,
        1,
        1,
        1,
    ]
    assert browser.run("document.documentElement.lang") == "en"
    assert browser.run("[...document.querySelectorAll('th')].every(each => each.scope)") is True


def test_with_the_keyboard_alone(browser: Browser, pages: dict[str, Path]) -> None:
    """The first tab stop leads past the list of contents; evidence opens with Enter; what has the focus is seen."""
    browser.open(pages["red"])
    browser.press("Tab")
    first = browser.run("document.activeElement.textContent")
    seen = browser.run("document.activeElement.getBoundingClientRect().left >= 0")
    browser.press("Enter")
    browser.run("document.querySelector('.found summary').focus()")
    browser.press("Enter")

    assert (first, seen) == ("To the reasons", True)
    assert browser.run("location.hash") == "#content"
    assert browser.run("document.querySelector('.found details').open") is True


def test_every_reason_leads_to_its_finding(browser: Browser, pages: dict[str, Path]) -> None:
    """And the finding says that it is the one."""
    browser.open(pages["red"])
    browser.run("document.querySelector('.reasons a').click()")

    rule = browser.run("document.querySelector('.reasons a').textContent")
    assert browser.run("document.querySelector(':target .rule').textContent") == rule


def test_on_paper(browser: Browser, pages: dict[str, Path]) -> None:
    """The checklist is folded open, nothing is cut off, and what leads nowhere on paper is left out."""
    browser.open(pages["red"], media="print")

    assert browser.run("getComputedStyle(document.querySelector('nav')).display") == "none"
    assert browser.run("getComputedStyle(document.querySelector('pre')).maxHeight") == "none"
    assert browser.run("getComputedStyle(document.querySelector('header')).printColorAdjust") == "exact"
    browser.run("for (const each of document.querySelectorAll('#checklist details')) each.open = false")
    height = "document.querySelector('#checklist table').getBoundingClientRect().height"
    assert browser.run(height) > 100
