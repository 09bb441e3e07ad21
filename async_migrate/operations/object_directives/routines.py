"""Directives of functions and procedures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.operations.abstract import AbstractOperations
from async_migrate.operations.arguments import check_flags
from async_migrate.operations.directive import directive
from async_migrate.operations.object_arguments import check_source, check_texts
from async_migrate.operations.routines import (
    CreateFunctionOp,
    CreateProcedureOp,
    DropFunctionOp,
    DropProcedureOp,
    ReplaceFunctionOp,
    ReplaceProcedureOp,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["RoutineDirectives"]


class RoutineDirectives(AbstractOperations):
    """What ``op`` does with functions and procedures."""

    # --- functions ---------------------------------------------------------------------------------------

    @directive
    def create_function(
        self,
        function_name: str,
        definition: str | None = None,
        *,
        schema: str | None = None,
        arguments: Sequence[str] | None = None,
        returns: str | None = None,
        language: str | None = None,
        body: str | None = None,
        characteristics: Sequence[str] = (),
    ) -> None:
        """Create a function: from a whole CREATE statement, or from its parts.

        Example::

            op.create_function(
                "add",
                arguments=["a integer", "b integer DEFAULT 1"],
                returns="integer",
                characteristics=["IMMUTABLE"],
                body="SELECT a + b",
            )

        Args:
            function_name: Its name.
            definition: The whole statement, as the database takes it; the indentation that a text in triple quotes
                has in your code is left out. What is in it need not be said again.
            schema: Its schema.
            arguments: Its parameters, each as the database writes it.
            returns: What it returns.
            language: The language of the body; on PostgreSQL ``sql`` if you do not say.
            body: What it does, without quotes around it: on PostgreSQL it is put between dollar quotes, unless it
                begins with RETURN or BEGIN ATOMIC.
            characteristics: Whatever else is said of it, such as ``["IMMUTABLE", "STRICT"]``, ``["DETERMINISTIC"]``
                or, on SQL Server, ``["SCHEMABINDING"]``.
        """
        check_source("create_function", kind="function", definition=definition, body=body)
        check_texts("create_function", arguments=arguments, characteristics=characteristics)
        self.invoke(
            CreateFunctionOp(
                function_name,
                definition,
                schema=schema,
                arguments=arguments,
                returns=returns,
                language=language,
                body=body,
                characteristics=characteristics,
            )
        )

    @directive
    def replace_function(
        self,
        function_name: str,
        definition: str | None = None,
        *,
        schema: str | None = None,
        arguments: Sequence[str] | None = None,
        returns: str | None = None,
        language: str | None = None,
        body: str | None = None,
        characteristics: Sequence[str] = (),
        old_definition: str | None = None,
        recreate: bool = False,
    ) -> None:
        """Give a function another definition, or create it.

        Where the database can, it is replaced in place, with its rights and all that depends on it. PostgreSQL can
        as long as it returns the same and takes the same, under the same names; otherwise say ``recreate=True``.
        MySQL never can: there the function is dropped and created.

        Args:
            function_name: Its name.
            definition: The whole statement; with CREATE OR REPLACE or without, that makes no difference.
            schema: Its schema.
            arguments: Its parameters.
            returns: What it returns.
            language: The language of the body.
            body: What it does.
            characteristics: Whatever else is said of it.
            old_definition: What it replaces, for the reverse: a whole statement if ``definition`` is one, else the
                body.
            recreate: Drop it and create it. What depends on it stands in the way; the rights on it are lost.
        """
        check_source("replace_function", kind="function", definition=definition, body=body)
        check_texts("replace_function", arguments=arguments, characteristics=characteristics)
        check_flags("replace_function", recreate=recreate)
        self.invoke(
            ReplaceFunctionOp(
                function_name,
                definition,
                schema=schema,
                arguments=arguments,
                returns=returns,
                language=language,
                body=body,
                characteristics=characteristics,
                old_definition=old_definition,
                recreate=recreate,
            )
        )

    @directive
    def drop_function(
        self,
        function_name: str,
        arguments: Sequence[str] | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        cascade: bool | None = None,
    ) -> None:
        """Drop a function.

        Args:
            function_name: The function.
            arguments: Its parameters, names and defaults optional, where PostgreSQL has several functions of that
                name; an empty list for the one that has none.
            schema: Its schema.
            if_exists: Do nothing if it is not there.
            cascade: Drop what depends on it too (PostgreSQL).
        """
        check_texts("drop_function", arguments=arguments)
        check_flags("drop_function", if_exists=if_exists, cascade=cascade)
        self.invoke(
            DropFunctionOp(function_name, arguments, schema=schema, if_exists=if_exists, cascade=cascade)
        )

    # --- procedures --------------------------------------------------------------------------------------

    @directive
    def create_procedure(
        self,
        procedure_name: str,
        definition: str | None = None,
        *,
        schema: str | None = None,
        arguments: Sequence[str] | None = None,
        language: str | None = None,
        body: str | None = None,
        characteristics: Sequence[str] = (),
    ) -> None:
        """Create a procedure: from a whole CREATE statement, or from its parts.

        Args:
            procedure_name: Its name.
            definition: The whole statement, as for ``create_function``.
            schema: Its schema.
            arguments: Its parameters, each as the database writes it.
            language: The language of the body; on PostgreSQL ``sql`` if you do not say.
            body: What it does.
            characteristics: Whatever else is said of it.
        """
        check_source("create_procedure", kind="procedure", definition=definition, body=body)
        check_texts("create_procedure", arguments=arguments, characteristics=characteristics)
        self.invoke(
            CreateProcedureOp(
                procedure_name,
                definition,
                schema=schema,
                arguments=arguments,
                language=language,
                body=body,
                characteristics=characteristics,
            )
        )

    @directive
    def replace_procedure(
        self,
        procedure_name: str,
        definition: str | None = None,
        *,
        schema: str | None = None,
        arguments: Sequence[str] | None = None,
        language: str | None = None,
        body: str | None = None,
        characteristics: Sequence[str] = (),
        old_definition: str | None = None,
        recreate: bool = False,
    ) -> None:
        """Give a procedure another definition, or create it.

        Args:
            procedure_name: Its name.
            definition: The whole statement, as for ``replace_function``.
            schema: Its schema.
            arguments: Its parameters.
            language: The language of the body.
            body: What it does.
            characteristics: Whatever else is said of it.
            old_definition: What it replaces, for the reverse: a whole statement if ``definition`` is one, else the
                body.
            recreate: Drop it and create it, also where it could be replaced in place.
        """
        check_source("replace_procedure", kind="procedure", definition=definition, body=body)
        check_texts("replace_procedure", arguments=arguments, characteristics=characteristics)
        check_flags("replace_procedure", recreate=recreate)
        self.invoke(
            ReplaceProcedureOp(
                procedure_name,
                definition,
                schema=schema,
                arguments=arguments,
                language=language,
                body=body,
                characteristics=characteristics,
                old_definition=old_definition,
                recreate=recreate,
            )
        )

    @directive
    def drop_procedure(
        self,
        procedure_name: str,
        arguments: Sequence[str] | None = None,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        cascade: bool | None = None,
    ) -> None:
        """Drop a procedure.

        Args:
            procedure_name: The procedure.
            arguments: Its parameters, as for ``drop_function``.
            schema: Its schema.
            if_exists: Do nothing if it is not there.
            cascade: Drop what depends on it too (PostgreSQL).
        """
        check_texts("drop_procedure", arguments=arguments)
        check_flags("drop_procedure", if_exists=if_exists, cascade=cascade)
        self.invoke(
            DropProcedureOp(procedure_name, arguments, schema=schema, if_exists=if_exists, cascade=cascade)
        )
