"""All documents of a site: thousands of them, where content is synchronised."""

from __future__ import annotations

import json

from pytest_golive.exchange.cleaning import EndlessListing
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.exchange.walk import Item, walk
from pytest_golive.facts.finding import CheckFailed, Finding

LISTING = "list_documents"

SIZE = 100
"""Documents asked for a page; a vendor that knows no size gives as many as it likes."""

MOST_PAGES = 100


def documents_of(vendor: Vendor) -> list[Item]:
    """Return the documents of the configured site, each once.

    Raises:
        CheckFailed: the listing failed, or holds no list.
        CannotTell: the vendor limits the rate, or does not answer, or there are more than is worth the calls.
    """
    try:
        walked = walk(vendor, LISTING, size=SIZE, most=MOST_PAGES)
    except CheckFailed:
        # That a size can be chosen is only supposed.
        walked = walk(vendor, LISTING, most=MOST_PAGES)
    items = list({json.dumps(item, sort_keys=True): item for item in walked.items}.values())
    if not walked.ended:
        requirement = f"{LISTING} has to end within {MOST_PAGES} pages to be compared whole"
        raise EndlessListing(Finding(requirement, f"at most {MOST_PAGES} pages", f"more than {len(items)} documents"))
    return items
