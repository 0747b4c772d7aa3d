"""The e-licence base: every department's licences in one shape, and who holds them."""
