"""Suites of rules, each derived from a registered specification."""
