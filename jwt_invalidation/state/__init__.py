"""What is on record about a user, and whether it is still true.

Belongs here: fingerprints and the use of their keys, versions, the snapshot of user and record, the
only writer of `TokenState` and `TokenEpoch`, the moment of installation, the locks, and the writes that
wait. Imports the root's models and users, and db.
"""
