"""Scripts of several statements, for drivers that take one at a time.

``tokens`` knows what is a string, a comment or a word in each dialect; ``boundaries`` knows which semicolons end a
statement; ``splitting`` cuts; ``clauses`` prepares the pieces for execution, ``client`` for a file.
"""

from async_migrate.ddl.script.clauses import Part, parts_of
from async_migrate.ddl.script.client import terminated
from async_migrate.ddl.script.splitting import ScriptStatement, split_script

__all__ = ["Part", "ScriptStatement", "parts_of", "split_script", "terminated"]
