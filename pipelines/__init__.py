"""The door that works by itself: Dagster takes deliveries in, checks, builds and publishes."""
