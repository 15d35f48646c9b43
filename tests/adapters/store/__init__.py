"""The store, on real files, and its fake, under one contract."""
