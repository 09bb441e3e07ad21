"""Views, routines, triggers, extensions and enums into statements, a module for each.

A module has the methods of the generators that it is mixed into, the elements that SQLAlchemy lacks, and how each
database writes them.
"""

from async_migrate.ddl.objects.enums import Enums
from async_migrate.ddl.objects.extensions import Extensions
from async_migrate.ddl.objects.routines import Routines
from async_migrate.ddl.objects.triggers import Triggers
from async_migrate.ddl.objects.views import Views

__all__ = ["Enums", "Extensions", "Routines", "Triggers", "Views"]
