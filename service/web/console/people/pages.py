"""The pages of people and keys, together."""

from service.web.console.people import key, making, person
from service.web.console.people.list import everybody

PAGES = (everybody, *making.PAGES, *key.PAGES, *person.PAGES)
