"""Views and materialized views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import ExecutableDDLElement

from async_migrate.ddl.elements import as_sent, column_name, literal, table_name
from async_migrate.ddl.objects.base import DropObject, ObjectDDL, unterminated
from async_migrate.ddl.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.sql.compiler import DDLCompiler

    from async_migrate.ddl.objects.base import ObjectKind
    from async_migrate.ddl.statement import Action
    from async_migrate.operations.definitions import Query
    from async_migrate.operations.views import (
        CreateViewOp,
        DropViewOp,
        RefreshMaterializedViewOp,
        ReplaceViewOp,
        ViewOp,
    )

__all__ = ["ALL_VIEW_FEATURES", "CreateView", "RefreshView", "ViewFeature", "Views"]

ViewFeature: TypeAlias = Literal[
    "check_option",
    "if_not_exists",
    "local_check_option",
    "materialized",
    "materialized_if_not_exists",
    "refresh_concurrently",
    "refresh_without_data",
    "security_invoker",
]
"""What may be asked of a view, and only some databases have."""

_LOOK_FIRST = "Use op.replace_view(), or look first, with sqlalchemy.inspect(op.get_bind())."

_REFUSALS: Mapping[ViewFeature, tuple[str, str]] = {
    "check_option": ("check the rows that are written through a view", "Leave check_option out."),
    "if_not_exists": ("create a view only if it does not exist", _LOOK_FIRST),
    "local_check_option": (
        "check the conditions of one view and not those of the views below it",
        'Use check_option="CASCADED".',
    ),
    "materialized": (
        "keep the rows of a view",
        "Create a plain view, or a table that is filled when it should be.",
    ),
    "materialized_if_not_exists": ("create a materialized view only if it does not exist", _LOOK_FIRST),
    "refresh_concurrently": (
        "be told to leave a materialized view readable while it is filled",
        "Leave concurrently out.",
    ),
    "refresh_without_data": (
        "empty a materialized view",
        "Drop it, and create it again with with_data=False.",
    ),
    "security_invoker": (
        "read the tables of a view with the rights of who reads the view",
        "Leave security_invoker out, and grant rights on the view instead of on its tables.",
    ),
}

ALL_VIEW_FEATURES: frozenset[ViewFeature] = frozenset(_REFUSALS)
"""All that may be asked of a view."""


class Views(ObjectDDL):
    """What operations on views become."""

    @property
    def view_features(self) -> frozenset[ViewFeature]:
        """What the database has of all that may be asked of a view."""
        return ALL_VIEW_FEATURES

    def create_view(self, operation: CreateViewOp) -> Iterator[Action]:
        """Create a view."""
        self.check_view(operation)
        yield Statement(CreateView(operation, if_not_exists=bool(operation.if_not_exists)))

    def replace_view(self, operation: ReplaceViewOp) -> Iterator[Action]:
        """Give a view another query, in place where the database can."""
        self.check_view(operation)
        kind = _kind(operation)
        if kind in self.replaceable and not operation.recreate:
            yield Statement(CreateView(operation, replacement=self.replacement))
        else:
            yield Statement(DropObject(kind, operation.view_name, schema=operation.schema, if_exists=True))
            yield Statement(CreateView(operation))

    def drop_view(self, operation: DropViewOp) -> Iterator[Action]:
        """Drop a view."""
        if operation.materialized:
            self._require(_directive(operation), "materialized")
        drop = DropObject(
            _kind(operation),
            operation.view_name,
            schema=operation.schema,
            if_exists=operation.if_exists,
            cascade=operation.cascade,
        )
        yield from self.drop_object(_directive(operation), drop)

    def refresh_materialized_view(self, operation: RefreshMaterializedViewOp) -> Iterator[Action]:
        """Fill a materialized view anew."""
        self._require("refresh_materialized_view", "materialized")
        if operation.concurrently:
            self._require("refresh_materialized_view", "refresh_concurrently")
        if operation.with_data is False:
            self._require("refresh_materialized_view", "refresh_without_data")
        yield Statement(RefreshView(operation))

    def check_view(self, operation: CreateViewOp | ReplaceViewOp) -> None:
        """Refuse what the database does not have.

        Raises:
            UnsupportedOperationError: Something is asked that it does not have.
        """
        for feature in _asked(operation):
            self._require(_directive(operation), feature)

    def _require(self, directive: str, feature: ViewFeature) -> None:
        if feature not in self.view_features:
            reason, alternative = _REFUSALS[feature]
            raise self.unsupported(directive, reason=reason, alternative=alternative)


class CreateView(ExecutableDDLElement):
    """``CREATE VIEW … AS …``.

    Attributes:
        view: What is to be created.
        replacement: The words behind CREATE that replace what is there; empty to replace nothing.
        if_not_exists: Whether its presence is no error.
    """

    inherit_cache = False

    def __init__(self, view: ViewOp, *, replacement: str = "", if_not_exists: bool = False) -> None:
        self.view = view
        self.replacement = replacement
        self.if_not_exists = if_not_exists


class RefreshView(ExecutableDDLElement):
    """``REFRESH MATERIALIZED VIEW …``.

    Attributes:
        refresh: What is to be refreshed, and how.
    """

    inherit_cache = False

    def __init__(self, refresh: RefreshMaterializedViewOp) -> None:
        self.refresh = refresh


def _asked(operation: CreateViewOp | ReplaceViewOp) -> Iterator[ViewFeature]:
    if operation.materialized:
        yield "materialized"
    if getattr(operation, "if_not_exists", None):
        yield "materialized_if_not_exists" if operation.materialized else "if_not_exists"
    if operation.check_option is not None:
        yield "check_option"
    if operation.check_option == "LOCAL":
        yield "local_check_option"
    if operation.security_invoker is not None:
        yield "security_invoker"


def _directive(operation: ViewOp | DropViewOp) -> str:
    return operation.visit_name.replace("view", "materialized_view" if operation.materialized else "view")


def _kind(operation: ViewOp | DropViewOp) -> ObjectKind:
    return "materialized view" if operation.materialized else "view"


def _created(element: CreateView, compiler: DDLCompiler, *words: str) -> str:
    """Return everything before AS, with words of one database between CREATE and VIEW."""
    view = element.view
    guard = "IF NOT EXISTS" if element.if_not_exists else ""
    name = table_name(compiler, view.view_name, schema=view.schema)
    columns = ", ".join(column_name(compiler, column) for column in view.columns or ())
    parts = ["CREATE", element.replacement, *words, _kind(view).upper(), guard, name]
    parts.append(f"({columns})" if columns else "")
    return " ".join(part for part in parts if part)


def _query(query: Query, compiler: DDLCompiler) -> str:
    if isinstance(query, str):
        return as_sent(compiler, unterminated(query))
    return unterminated(str(compiler.sql_compiler.process(query, literal_binds=True)))


def _whole(element: CreateView, compiler: DDLCompiler, created: str, *, ending: str = "") -> str:
    """Return the statement; on lines of their own, no comment of the query swallows what comes behind it."""
    lines = [f"{created} AS", _query(element.view.definition, compiler), ending]
    return "\n".join(line for line in lines if line)


def _checked(view: ViewOp) -> str:
    return "" if view.check_option is None else f"WITH {view.check_option} CHECK OPTION"


@compiles(CreateView)
def _create_view(element: CreateView, compiler: DDLCompiler, **_: object) -> str:
    view = element.view
    created = _created(element, compiler)
    if view.materialized:
        filled = {None: "", True: "WITH DATA", False: "WITH NO DATA"}[view.with_data]
        return _whole(element, compiler, created, ending=filled)
    if view.security_invoker is not None:
        created += f" WITH (security_invoker = {str(view.security_invoker).lower()})"
    return _whole(element, compiler, created, ending=_checked(view))


@compiles(CreateView, "mysql", "mariadb")
def _create_view_on_mysql(element: CreateView, compiler: DDLCompiler, **_: object) -> str:
    security = {None: "", True: "SQL SECURITY INVOKER", False: "SQL SECURITY DEFINER"}
    created = _created(element, compiler, security[element.view.security_invoker])
    return _whole(element, compiler, created, ending=_checked(element.view))


@compiles(CreateView, "mssql")
def _create_view_on_sql_server(element: CreateView, compiler: DDLCompiler, **_: object) -> str:
    checked = "WITH CHECK OPTION" if element.view.check_option else ""
    return _whole(element, compiler, _created(element, compiler), ending=checked)


@compiles(CreateView, "oracle")
def _create_view_on_oracle(element: CreateView, compiler: DDLCompiler, **_: object) -> str:
    view = element.view
    created = _created(element, compiler)
    if view.materialized:
        filled = {None: "", True: " BUILD IMMEDIATE", False: " BUILD DEFERRED"}[view.with_data]
        return _whole(element, compiler, created + filled)
    rights = {None: "", True: " BEQUEATH CURRENT_USER", False: " BEQUEATH DEFINER"}[view.security_invoker]
    checked = "WITH CHECK OPTION" if view.check_option else ""
    return _whole(element, compiler, created + rights, ending=checked)


@compiles(RefreshView)
def _refresh_view(element: RefreshView, compiler: DDLCompiler, **_: object) -> str:
    refresh = element.refresh
    name = table_name(compiler, refresh.view_name, schema=refresh.schema)
    concurrently = "CONCURRENTLY " if refresh.concurrently else ""
    data = {None: "", True: " WITH DATA", False: " WITH NO DATA"}[refresh.with_data]
    return f"REFRESH MATERIALIZED VIEW {concurrently}{name}{data}"


@compiles(RefreshView, "oracle")
def _refresh_view_on_oracle(element: RefreshView, compiler: DDLCompiler, **_: object) -> str:
    name = table_name(compiler, element.refresh.view_name, schema=element.refresh.schema)
    return f"BEGIN\n    DBMS_MVIEW.REFRESH({literal(compiler, name)});\nEND;"
