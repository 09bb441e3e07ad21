"""Order: which revisions there are, what a person means by one, and which to run in which order.

Pure: it knows neither SQLAlchemy nor files nor databases. `RevisionGraph` is the door; the modules are

* `revision`: one node;
* `validation`: what a graph must be;
* `graph`: the graph and its relations;
* `ordering`: the order of a set of revisions;
* `target`: the grammar of identifiers;
* `position`: where a database is;
* `resolve`: identifiers in a graph;
* `plan`: the steps from where a database is to a target;
* `selection`: ranges, for listing;
* `entry`: a revision with its place in the graph;
* `describe`: all that in words.
"""

from async_migrate.history.entry import RevisionEntry, entries
from async_migrate.history.graph import RevisionGraph
from async_migrate.history.plan import Direction, Plan, Step
from async_migrate.history.position import Position
from async_migrate.history.revision import Revision
from async_migrate.history.target import (
    Anchor,
    Identifier,
    Range,
    Target,
    is_range,
    parse_range,
    parse_target,
)

__all__ = [
    "Anchor",
    "Direction",
    "Identifier",
    "Plan",
    "Position",
    "Range",
    "Revision",
    "RevisionEntry",
    "RevisionGraph",
    "Step",
    "Target",
    "entries",
    "is_range",
    "parse_range",
    "parse_target",
]
