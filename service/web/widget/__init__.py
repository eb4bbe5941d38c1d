"""The widget for a clinic's website: its script, a page that shows it, and the same form without script."""
