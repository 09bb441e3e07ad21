"""What the commands do with their arguments: ask the migrator, print the answer, return the exit code.

`reading` changes nothing, `running` changes a database, `writing` changes files.
"""
