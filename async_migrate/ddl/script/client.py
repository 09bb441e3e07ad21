"""Statements as the database's own client reads them from a file."""

from __future__ import annotations

from async_migrate.ddl.script.tokens import Kind, Lexer, Place, lexical_rules

__all__ = ["terminated"]

_DELIMITERS = ("//", "$$", ";;", "|||")


def terminated(sql: str, dialect_name: str, *, terminator: str) -> str:
    """Return a statement with what ends it.

    Most clients know which semicolons stand inside a statement. That of MySQL does not, and is told to look for
    something else as long as a compound statement lasts.

    Args:
        sql: One statement.
        dialect_name: SQLAlchemy's name of the dialect.
        terminator: What ends a statement there; empty where something on the next line does, and a semicolon at
            the end is part of the statement (PL/SQL).
    """
    if not terminator:
        return sql
    sql = sql.rstrip(";")
    if dialect_name in {"mysql", "mariadb"} and _has_semicolon(sql, dialect_name):
        longer_than_sql = "/" * (len(sql) + 1)
        delimiter = next(one for one in (*_DELIMITERS, longer_than_sql) if one not in sql)
        # On a line of its own: behind the end of an executable comment, */ and // would be read as * and //.
        return f"DELIMITER {delimiter}\n{sql}\n{delimiter}\nDELIMITER ;"
    return f"{sql}{terminator}"


def _has_semicolon(sql: str, dialect_name: str) -> bool:
    rules = lexical_rules(dialect_name)
    tokens = Lexer(sql, rules, place=Place.PLAIN) if rules is not None else ()
    return any(token.kind is Kind.SYMBOL and token.mark == ";" for token in tokens)
