"""The ticket file: one page that a release manager reads, a QA engineer attaches and a developer works with."""
