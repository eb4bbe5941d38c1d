"""The pages of good-faith estimates."""

from service.web.console.good_faith import bills, issuing, listing, one

PAGES = (*listing.PAGES, *issuing.PAGES, *one.PAGES, *bills.PAGES)
