"""Management commands: parse a command line, call one verb or room, and print what it says.

Belongs here: what commands share. Each command is a file in `commands`. Imports every room; nothing
imports from here.
"""
