"""The six base databases: built by SQL models, published as releases, read through a View."""
