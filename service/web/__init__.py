"""What people see: the widget for a clinic's website, and pages rendered on the server."""
