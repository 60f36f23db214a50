"""Keys, sealing of personal data, signer keys and link tokens. Knows nobody."""
