"""What a PostgreSQL database holds, in a form in which two databases can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection

Facts = dict[str, Any]

_OURS = "n.nspname !~ '^pg_(catalog|toast)' AND n.nspname <> 'information_schema'"
_NOT_OF_AN_EXTENSION = "NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = {}.oid AND e.deptype = 'e')"
_SCHEMA = "regexp_replace(n.nspname, '^pg_temp_.*', 'pg_temp')"

QUERIES = {
    "table": f"""
        SELECT {_SCHEMA}, c.relname, c.relkind, c.relpersistence, c.reloptions, a.amname,
            obj_description(c.oid, 'pg_class'), pg_get_partkeydef(c.oid), pg_get_viewdef(c.oid),
            ARRAY(SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid = c.oid)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_am a ON a.oid = c.relam
        WHERE c.relkind IN ('r', 'p', 'v', 'm') AND {_OURS}
    """,
    "column": f"""
        SELECT {_SCHEMA}, c.relname, a.attname,
            row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), format_type(a.atttypid, a.atttypmod),
            a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated,
            col_description(c.oid, a.attnum), l.collname, a.attstorage
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        LEFT JOIN pg_collation l ON l.oid = a.attcollation
        WHERE c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped AND {_OURS}
    """,
    # NOT NULL constraints have names since PostgreSQL 18, which come from the name a table had when it was made.
    "constraint": f"""
        SELECT {_SCHEMA}, coalesce(c.relname, t.typname), k.conname, k.contype, pg_get_constraintdef(k.oid),
            k.condeferrable, k.condeferred, k.convalidated, obj_description(k.oid, 'pg_constraint')
        FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
        LEFT JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_type t ON t.oid = k.contypid
        WHERE k.contype <> 'n' AND {_OURS}
    """,
    "index": f"""
        SELECT {_SCHEMA}, c.relname, pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisprimary, i.indisunique,
            c.reloptions
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {_OURS}
    """,
    "type": f"""
        SELECT {_SCHEMA}, t.typname, t.typtype, format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault,
            ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder)
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE t.typtype IN ('e', 'd') AND {_OURS} AND {_NOT_OF_AN_EXTENSION.format("t")}
    """,
    "sequence": f"""
        SELECT {_SCHEMA}, c.relname, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
            s.seqcache, s.seqcycle, pg_sequence_last_value(c.oid),
            (SELECT refobjid::regclass::text || '.' || refobjsubid FROM pg_depend
             WHERE objid = c.oid AND deptype IN ('a', 'i') AND classid = 'pg_class'::regclass)
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {_OURS}
    """,
}


def facts(connection: Connection) -> Facts:
    """Return everything that is in a database, by kind and name."""
    found: Facts = {}
    for kind, query in QUERIES.items():
        named = 3 if kind in {"column", "constraint"} else 2
        for row in connection.exec_driver_sql(query):
            found[f"{kind} {'.'.join(map(str, row[:named]))}"] = tuple(row[named:])
    tables = [name for name, fact in found.items() if name.startswith("table ") and fact[0] == b"r"]
    if tables:
        selects = [_rows(connection, *name.removeprefix("table ").split(".", 1)) for name in tables]
        rows: dict[str, list[str]] = {}
        for table, row in connection.exec_driver_sql(" UNION ALL ".join(selects)):
            rows.setdefault(f"rows {table}", []).append(row)
        found |= {table: sorted(values) for table, values in rows.items()}
    return found


def _rows(connection: Connection, schema: str, table: str) -> str:
    quote = connection.dialect.identifier_preparer.quote_identifier
    name = f"{schema}.{table}".replace("'", "''")
    return f"SELECT '{name}', r::text FROM {quote(schema)}.{quote(table)} AS r"
