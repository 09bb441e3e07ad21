"""The catalogue queries of ``inspect.postgresql``, and nothing else.

Each reads one kind of thing for all tables at once. ``/*scope*/`` stands for the tables asked for: those of the
schemas in ``:schemas``, or those that the search path shows, as an unqualified name would. Types such as ``"char"``
and ``name`` are cast to text because drivers disagree about them.
"""

from __future__ import annotations

__all__ = [
    "COLUMNS",
    "CONSTRAINTS",
    "DOMAINS",
    "INDEXES",
    "NAMED_TYPES",
    "OF_SCHEMAS",
    "OWNED_SEQUENCES",
    "RELATIONS",
    "SCHEMAS",
    "VISIBLE",
    "for_server",
]

OF_SCHEMAS = "n.nspname IN :schemas"
VISIBLE = "n.nspname = ANY (current_schemas(false)) AND pg_table_is_visible(c.oid)"

SCHEMAS = """
SELECT nspname::text
FROM pg_namespace
WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
ORDER BY nspname
"""

RELATIONS = """
SELECT c.oid, n.nspname::text AS nspname, c.relname::text AS relname, pg_table_is_visible(c.oid) AS visible,
       c.relispartition, c.reloptions, comment.description AS comment, extension.extname::text AS extension,
       CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_by,
       (SELECT array_agg(inhparent ORDER BY inhseqno) FROM pg_inherits WHERE inhrelid = c.oid) AS parents
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_description comment
       ON comment.classoid = 'pg_class'::regclass AND comment.objoid = c.oid AND comment.objsubid = 0
LEFT JOIN pg_depend member
       ON member.classid = 'pg_class'::regclass AND member.objid = c.oid AND member.objsubid = 0
      AND member.refclassid = 'pg_extension'::regclass AND member.deptype = 'e'
LEFT JOIN pg_extension extension ON extension.oid = member.refobjid
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND /*scope*/
ORDER BY n.nspname, c.relname
"""

COLUMNS = """
SELECT a.attrelid AS relid, a.attnum, a.attname::text AS attname,
       format_type(a.atttypid, a.atttypmod) AS spelling, a.attnotnull, a.attidentity::text AS attidentity,
       /*generated*/ AS attgenerated, pg_get_expr(d.adbin, d.adrelid) AS expression,
       comment.description AS comment, coll.collname::text AS collname
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_collation coll ON coll.oid = a.attcollation AND a.attcollation <> t.typcollation
LEFT JOIN pg_description comment
       ON comment.classoid = 'pg_class'::regclass AND comment.objoid = a.attrelid AND comment.objsubid = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND /*scope*/
ORDER BY a.attrelid, a.attnum
"""

# What a column's default would be if the sequence came with the column (SERIAL) is spelled by the server too.
OWNED_SEQUENCES = """
SELECT owner.refobjid AS relid, owner.refobjsubid AS attnum,
       'nextval(' || quote_literal(s.oid::regclass::text) || '::regclass)' AS nextval,
       q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache, q.seqcycle
FROM pg_sequence q
JOIN pg_class s ON s.oid = q.seqrelid
JOIN pg_depend owner
  ON owner.classid = 'pg_class'::regclass AND owner.objid = s.oid AND owner.objsubid = 0
 AND owner.refclassid = 'pg_class'::regclass AND owner.refobjsubid > 0 AND owner.deptype IN ('a', 'i')
"""

CONSTRAINTS = """
SELECT con.conrelid AS relid, con.conname::text AS conname, con.contype::text AS contype, con.conkey, con.conindid,
       con.condeferrable, con.condeferred, con.convalidated, con.confupdtype::text AS confupdtype,
       con.confdeltype::text AS confdeltype, con.confmatchtype::text AS confmatchtype,
       /*set_columns*/ AS set_columns, rn.nspname::text AS referred_schema, r.relname::text AS referred_table,
       pg_table_is_visible(r.oid) AS referred_visible,
       (SELECT array_agg(ra.attname::text ORDER BY k.position)
        FROM unnest(con.confkey) WITH ORDINALITY AS k (number, position)
        JOIN pg_attribute ra ON ra.attrelid = con.confrelid AND ra.attnum = k.number) AS referred_columns,
       CASE WHEN con.contype IN ('c', 'x') THEN pg_get_constraintdef(con.oid, true) END AS definition,
       comment.description AS comment
FROM pg_constraint con
JOIN pg_class c ON c.oid = con.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class r ON r.oid = con.confrelid
LEFT JOIN pg_namespace rn ON rn.oid = r.relnamespace
LEFT JOIN pg_description comment
       ON comment.classoid = 'pg_constraint'::regclass AND comment.objoid = con.oid AND comment.objsubid = 0
WHERE con.contype IN ('p', 'u', 'f', 'c', 'x') AND con.conparentid = 0 AND con.conislocal
  AND c.relpersistence <> 't' AND /*scope*/
ORDER BY con.conrelid, con.conname
"""

INDEXES = """
SELECT ix.indrelid AS relid, ix.indexrelid, i.relname::text AS relname, pg_get_indexdef(ix.indexrelid, 0,
true) AS definition,
       comment.description AS comment
FROM pg_index ix
JOIN pg_class i ON i.oid = ix.indexrelid
JOIN pg_class c ON c.oid = ix.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_description comment
       ON comment.classoid = 'pg_class'::regclass AND comment.objoid = i.oid AND comment.objsubid = 0
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND NOT i.relispartition AND /*scope*/
ORDER BY ix.indrelid, i.relname
"""

NAMED_TYPES = """
SELECT format_type(t.oid, NULL) AS spelling, n.nspname::text AS nspname, t.typname::text AS typname,
       pg_type_is_visible(t.oid) AS visible,
       array_agg(label.enumlabel::text ORDER BY label.enumsortorder) AS labels
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
JOIN pg_enum label ON label.enumtypid = t.oid
GROUP BY t.oid, n.nspname, t.typname
"""

DOMAINS = """
SELECT format_type(t.oid, NULL) AS spelling, n.nspname::text AS nspname, t.typname::text AS typname,
       pg_type_is_visible(t.oid) AS visible, format_type(t.typbasetype, t.typtypmod) AS base, t.typnotnull,
       t.typdefault, con.conname::text AS conname, pg_get_constraintdef(con.oid, true) AS definition
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN LATERAL (
    SELECT oid, conname FROM pg_constraint
    WHERE contypid = t.oid AND contype = 'c' ORDER BY conname LIMIT 1
) con ON true
WHERE t.typtype = 'd' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY t.oid
"""

_GENERATED_COLUMNS_SINCE = 12
_SET_COLUMNS_SINCE = 15  # ON DELETE SET NULL (column, …)


def for_server(sql: str, *, version: int, scope: str) -> str:
    """Return a query as a server of this major version understands it, for the tables of a scope."""
    generated = "a.attgenerated::text" if version >= _GENERATED_COLUMNS_SINCE else "''"
    set_columns = "con.confdelsetcols" if version >= _SET_COLUMNS_SINCE else "NULL::int2[]"
    return (
        sql.replace("/*scope*/", scope)
        .replace("/*generated*/", generated)
        .replace("/*set_columns*/", set_columns)
    )
