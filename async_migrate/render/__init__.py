"""OPERATIONS -> PYTHON: the code of a revision file, from what it shall do.

Renderers build a tree of code (``tree``), one module for each kind of thing; ``format`` alone decides where
the lines break. Nothing here reads a file or a database.
"""

from __future__ import annotations

from async_migrate.render.context import RenderContext, RenderItem, RenderOptions
from async_migrate.render.destructive import loss
from async_migrate.render.registry import OperationRenderer, register_renderer
from async_migrate.render.renderer import Renderer, render

__all__ = [
    "OperationRenderer",
    "RenderContext",
    "RenderItem",
    "RenderOptions",
    "Renderer",
    "loss",
    "register_renderer",
    "render",
]
