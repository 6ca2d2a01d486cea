"""Other packages' views that mint, in small, and a project of several modules."""
