"""The exchange: one door over HTTP to what the register and the releases hold."""
