"""Whether a listing that is walked through gives everything, once, and ends."""

from __future__ import annotations

from pytest_golive.demands.listings import must_bear_a_new_row, must_bound_its_pages, must_give_everything_once
from pytest_golive.exchange.walk import walk
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck


def test_listing_gives_every_id_once(golive: Golive, planned: PlannedCheck) -> None:
    """Walked in pages of several sizes, a listing gives every id once, says the right totals, and ends.

    If this fails: a client that reads all pages misses rows or doubles them; compare with the vendor's dashboard.
    """
    assert planned.operation is not None, "this check is planned per listing"
    vendor = golive.vendor(planned.vendor, planned.environment)
    arguments = golive.examples(planned.vendor, planned.environment).arguments(planned.operation)
    must_give_everything_once(vendor, planned.operation, arguments)


def test_listing_of_nothing_is_empty(golive: Golive, planned: PlannedCheck) -> None:
    """A listing that nothing matches is an empty list that says so, and not an error.

    If this fails: a client that starts with an empty account fails on its first call.
    """
    assert planned.operation is not None, "this check is planned per listing"
    vendor, examples = golive.vendor(planned.vendor, planned.environment), golive.examples(planned.vendor)
    paging = vendor.operation(planned.operation).paging
    assert paging is not None, "the plan asks only for listings in pages"
    arguments = {**examples.arguments(planned.operation), **examples.filled(paging.nothing)}
    walked = walk(vendor, planned.operation, **arguments)
    first = walked.pages[0]
    told = ", ".join(f"{name} {value}" for name, value in paging.nothing.items())
    first.answer.must(f"list nothing when nothing matches ({told})", not walked.items)
    first.answer.must("say that there are 0 items", first.total in {None, 0}, actual=f"a total of {first.total}")
    right = first.total_pages in {None, 0, 1}
    first.answer.must("say that there are 0 pages, or 1", right, actual=f"{first.total_pages} pages")
    first.answer.must("end after the first page", len(walked.pages) == 1, actual=f"{len(walked.pages)} pages")


def test_listing_bears_a_row_inserted_meanwhile(golive: Golive, planned: PlannedCheck) -> None:
    """A row that appears between two pages makes no other row disappear from the walk.

    If this fails: a nightly sync loses rows on busy days; walk twice, or by a filter on the time of change.
    """
    assert planned.operation is not None, "this check is planned per listing"
    vendor = golive.vendor(planned.vendor, planned.environment)
    must_bear_a_new_row(vendor, golive.examples(planned.vendor), planned.operation)


def test_page_size_is_bounded(golive: Golive, planned: PlannedCheck) -> None:
    """A page larger than the largest, or a cursor somebody tampered with, is refused as the contract says.

    If this fails: a client that asks for too much gets less than it thinks, without being told.
    """
    assert planned.operation is not None, "this check is planned per listing"
    vendor = golive.vendor(planned.vendor, planned.environment)
    arguments = golive.examples(planned.vendor, planned.environment).arguments(planned.operation)
    must_bound_its_pages(vendor, planned.operation, arguments)
