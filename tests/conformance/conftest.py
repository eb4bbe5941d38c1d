"""What the conformance run found, per case and per category, after the tests."""

from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell each case that failed or was read another way than stated, then the categories."""
    passed: Counter[str] = Counter()
    total: Counter[str] = Counter()
    notes: list[str] = []
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            told = dict(report.user_properties)
            if report.when != "call" or "category" not in told:
                continue
            total[told["category"]] += 1
            passed[told["category"]] += outcome == "passed"
            if outcome == "failed":
                notes.append(f"{told['case']}: failed")
            elif told["status"] == "ambiguous" or told["reading"] != "as stated":
                notes.append(f"{told['case']}: passes, read {told['reading']}")
            if told.get("derived"):
                notes.append(f"{told['case']}: derived values differ: {told['derived']}")
    if total:
        terminalreporter.section("conformance")
        for category in sorted(total):
            terminalreporter.write_line(f"{category:26} {passed[category]:3} of {total[category]:3}")
        terminalreporter.write_line(f"{'all':26} {passed.total():3} of {total.total():3}")
        for note in notes:
            terminalreporter.write_line(note)
