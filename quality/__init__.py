"""Checks: what a department delivered, rule by rule, and which rows may go on."""
