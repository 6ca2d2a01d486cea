"""The project: layers, docs, demo, packaging and the tests themselves."""
