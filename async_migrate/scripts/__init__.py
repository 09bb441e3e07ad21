"""The project on disk: its settings, its revision files, and the new files that are written into it.

Everything here is synchronous and quick, and imports SQLAlchemy or Mako only where it cannot do without.
Whoever runs in an event loop calls it in a thread.
"""
