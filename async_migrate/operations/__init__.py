"""What a migration can do: one class per operation, and the ``op`` object that carries them out.

The values (``base``, ``tables``, ``columns``, ``constraints``, ``indexes``, ``data``, ``containers``) know
their reverse and their diff tuple and nothing of databases. The facade (``facade``, ``batch``, ``context``,
``bound``, ``recorder``) hands them to an executor.
"""
