"""Routers: one noun each; no SQL, no rules."""
