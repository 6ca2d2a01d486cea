"""What tests import: helpers, one idea a file, and the apps of other user models."""
