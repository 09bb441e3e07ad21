"""What autogenerate compares the database with, and how.

This module is only imported, never run as a script: it assigns ``target_metadata`` and
defines hooks by their names. Where the database is, and everything else, is said in the
configuration file of the project.
"""

from __future__ import annotations

# The models. In the configuration, metadata = "app.models:Base.metadata" says the same.
#
# from app.models import Base
#
# target_metadata = Base.metadata

# A hook is a function of a known name. Uncomment what you need.
#
# def include_object(object, name, type_, reflected, compare_to):
#     """Return whether to compare something: here, leave out an extension's table."""
#     return not (type_ == "table" and name == "spatial_ref_sys")
#
#
# def process_revision_directives(context, revision, directives):
#     """Change new revisions before they are written: here, keep no empty one."""
#     if directives[0].upgrade_ops.is_empty():
#         directives.clear()
