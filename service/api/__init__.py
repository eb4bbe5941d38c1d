"""The HTTP API: controllers and wire shapes by audience, and what holds around all of them."""
