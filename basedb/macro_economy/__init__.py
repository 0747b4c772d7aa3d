"""The macro-economy base: indicators and every published vintage of their observations."""
