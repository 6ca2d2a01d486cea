"""The promise itself: every way to change a user, minting, hash upgrades, verbs, claims.

Covers gate, state, reconciliation, receivers, revocation, tokens.
"""
