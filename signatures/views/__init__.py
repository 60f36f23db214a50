"""The citizen's pages: signing, and everything behind a mailed link. Each view reads, calls one service, answers."""
