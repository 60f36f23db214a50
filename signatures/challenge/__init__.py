"""Proof of work before a signature, where a petition is signed by more programs than people."""
