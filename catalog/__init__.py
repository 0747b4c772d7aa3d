"""The register: who holds which data, what was delivered, released, granted and answered."""
