"""The revision graph against Alembic's, on random histories.

Alembic is asked through its own ScriptDirectory and HeadMaintainer, without a database. Where it answers
something else than we do, the case must be one of `INTENDED`, and each of those must come up.
"""

from __future__ import annotations

import random
import re
import types
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from alembic.runtime.migration import HeadMaintainer, RevisionStep, StampStep
from alembic.script import Script, ScriptDirectory
from alembic.script.revision import RevisionMap
from alembic.util import CommandError
from sqlalchemy import Column, MetaData, String, Table

from async_migrate.errors import AsyncMigrateError, UnrelatedRangeError
from async_migrate.history import Revision, RevisionGraph
from async_migrate.history.describe import line, verbose
from async_migrate.history.entry import entries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from async_migrate.history import Plan

SEEDS = range(250)

# --- random histories ---


@dataclass(frozen=True)
class History:
    revisions: list[Revision]
    ancestors: dict[str, set[str]]

    @property
    def names(self) -> list[str]:
        return [revision.revision for revision in self.revisions]

    @property
    def labels(self) -> list[str]:
        return [label for revision in self.revisions for label in revision.branch_labels]

    @property
    def alembic_order_is_defined(self) -> bool:
        """Alembic keeps the dependencies of a revision in a set, so with several their order is arbitrary."""
        return all(len(revision.depends_on) < 2 for revision in self.revisions)

    def rows(self, rng: random.Random) -> frozenset[str]:
        """Return the version table of a database in which some of the revisions were applied."""
        chosen = rng.sample(self.names, rng.randint(0, min(4, len(self.names))))
        applied = set().union(*(self.ancestors[name] for name in chosen))
        return self.maximal(applied)

    def maximal(self, applied: set[str]) -> frozenset[str]:
        return frozenset(
            name
            for name in applied
            if not any(other != name and name in self.ancestors[other] for other in applied)
        )


def random_history(rng: random.Random, *, redundant: bool = False) -> History:
    """Return a history with branches, merges, labels and dependencies.

    Args:
        rng: The source of chance.
        redundant: Whether a revision may require what another of its requirements requires already.
    """
    revisions: list[Revision] = []
    ancestors: dict[str, set[str]] = {}

    def unrelated(name: str, others: list[str]) -> bool:
        return all(name not in ancestors[other] and other not in ancestors[name] for other in others)

    for number in range(rng.randint(1, 13)):
        name = f"{rng.randrange(16**4):04x}{number:02d}"
        parents: list[str] = []
        chance = rng.random()
        if revisions and 0.1 < chance < 0.3:
            for other in rng.sample(list(ancestors), min(6, len(ancestors))):
                if unrelated(other, parents) and len(parents) < 3:
                    parents.append(other)
        elif revisions and chance >= 0.3:
            parents = [rng.choice(revisions[-4:]).revision]
        dependencies: list[str] = []
        if revisions and rng.random() < 0.25:
            for other in rng.sample(list(ancestors), min(4, len(ancestors))):
                fits = other not in parents if redundant else unrelated(other, parents + dependencies)
                if fits and len(dependencies) < rng.choice([1, 1, 2]):
                    dependencies.append(other)
        ancestors[name] = {name}.union(*(ancestors[other] for other in (*parents, *dependencies)))
        labels = {label: revision.revision for revision in revisions for label in revision.branch_labels}
        named = {revision: label for label, revision in labels.items() if rng.random() < 0.5}
        revisions.append(
            Revision(
                revision=name,
                down_revisions=tuple(parents),
                depends_on=tuple(named.get(other, other) for other in dependencies),
                branch_labels=(f"branch{number}",) if rng.random() < 0.2 else (),
                message=f"Revision number {number}",
                doc=f"Revision number {number}\n\nMore about it.",
            )
        )
    if rng.random() < 0.5:
        rng.shuffle(revisions)
    return History(revisions, ancestors)


# --- Alembic ---


def alembic_directory(history: History) -> ScriptDirectory:
    def script(revision: Revision) -> Script:
        module: Any = types.ModuleType(revision.revision, revision.doc)
        module.down_revision = revision.down_revisions or None
        module.depends_on = revision.depends_on or None
        module.branch_labels = revision.branch_labels or None
        module.upgrade = module.downgrade = lambda: None
        return Script(module, revision.revision, Path(f"{revision.revision}.py"))

    directory = ScriptDirectory.__new__(ScriptDirectory)
    directory.revision_map = RevisionMap(lambda: map(script, history.revisions))
    return directory


def alembic_revision(directory: ScriptDirectory, name: str) -> Script:
    script = directory.revision_map.get_revision(name)
    assert isinstance(script, Script)
    return script


VERSIONS = Table("alembic_version", MetaData(), Column("version_num", String(32)))


def alembic_rows(steps: Iterable[RevisionStep | StampStep], rows: frozenset[str]) -> list[frozenset[str]]:
    """Return the rows that Alembic would write after each of its steps."""
    impl = types.SimpleNamespace(_exec=lambda *_: None)
    context: Any = types.SimpleNamespace(impl=impl, _version=VERSIONS, as_sql=True)
    maintainer = HeadMaintainer(context, rows)
    after = []
    for step in steps:
        maintainer.update_to_step(step)
        after.append(frozenset(maintainer.heads))
    return after


def alembic_plan(
    directory: ScriptDirectory, command: str, identifier: str, rows: frozenset[str]
) -> list[str]:
    plan: Any = directory._upgrade_revs if command == "upgrade" else directory._downgrade_revs
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # "downgrade -1 from multiple heads is ambiguous"
        return [step.revision.revision for step in plan(identifier, tuple(sorted(rows)))]


# --- intended differences ---


@dataclass(frozen=True)
class Difference:
    """A case in which we answer something else on purpose.

    Attributes:
        alembic: What Alembic answers: "steps", "nothing", or how its exception reads.
        ours: What we answer: "steps", "nothing", or the name of our error.
        reason: Why.
    """

    alembic: str
    ours: str
    reason: str


INTENDED = {
    "upgrade to base": Difference(
        "nothing",
        "WrongDirectionError",
        "Alembic does nothing and says nothing; base is never where an upgrade leads.",
    ),
    "walk that ends at base": Difference(
        "AssertionError",
        "nothing",
        "Alembic fails on an assertion when `upgrade rev-N` lands exactly on base.",
    ),
    "targets of which one implies another": Difference(
        "CommandError: Requested revision .* overlaps",
        "steps|nothing",
        "`label@heads` includes heads that another branch depends on; asking for both is no contradiction.",
    ),
    "counting down to or through a merge": Difference(
        "CommandError: Ambiguous walk",
        "steps|nothing",
        "A branch that is named says which side to go down; Alembic uses it on the way up only. And the last "
        "revision that a bare `-N` undoes may be a merge: which side is below it makes no difference.",
    ),
    "revision that is not on the branch": Difference(
        "steps|nothing",
        "NotOnBranchError",
        "Alembic checks `label@rev` only in some places, and then ignores the label or the revision.",
    ),
    "-N with several heads": Difference(
        "steps",
        "SeveralCurrentHeadsError",
        "Alembic takes whichever row it reads first, with a warning.",
    ),
    "downgrade to the head of a branch": Difference(
        "CommandError: Multiple head revisions",
        "steps|nothing",
        "Alembic looks up the `head` of `label@head` without the label.",
    ),
    "downgrade to where the database is": Difference(
        "CommandError: Destination .* is not a valid downgrade target",
        "nothing",
        "The target is applied and nothing on top of it is, but it has no row: another branch depends on it, "
        "or the branch named has nothing applied above it.",
    ),
    "downgrade within a labelled branch": Difference(
        "CommandError: Not a valid downgrade target from current heads",
        "steps|nothing",
        "Alembic looks for the branch only below the revision that gives the label.",
    ),
    "branch named by what comes after a merge": Difference(
        "more steps",
        "steps",
        "`rev@-N`, where rev is a merge above the database: Alembic undoes the other sides of the merge too, "
        "though they are not among the last N revisions.",
    ),
}


def difference_between(alembic: list[str] | Exception, ours: list[str] | Exception) -> str | None:
    """Return None if the answers agree, or the name of an intended difference."""
    if isinstance(alembic, Exception) and isinstance(ours, Exception):
        return None
    if isinstance(alembic, list) and isinstance(ours, list) and set(alembic) == set(ours):
        return None
    if isinstance(alembic, Exception):
        theirs = f"{type(alembic).__name__}: {alembic}"
    elif isinstance(ours, list) and set(alembic) > set(ours):
        theirs = "more steps"
    else:
        theirs = "steps" if alembic else "nothing"
    answer = type(ours).__name__ if isinstance(ours, Exception) else ("steps" if ours else "nothing")
    for name, difference in INTENDED.items():
        if re.match(difference.alembic, theirs) and re.fullmatch(difference.ours, answer):
            return name
    pytest.fail(f"Alembic: {theirs} {alembic!r}\nours: {answer} {ours!r}")


def random_identifier(rng: random.Random, history: History) -> str:
    name = rng.choice(history.names)
    branch = rng.choice(history.labels + history.names)
    count = rng.randint(1, 3)
    return rng.choice(
        [
            "head",
            "heads",
            "base",
            name,
            name[:5],
            branch,
            f"{branch}@head",
            f"{branch}@heads",
            f"{branch}@base",
            f"{branch}@{name}",
            f"+{count}",
            f"-{count}",
            f"{name}+{count}",
            f"{name}-{count}",
            f"head-{count}",
            f"base+{count}",
            f"{branch}@+{count}",
            f"{branch}@-{count}",
            f"{branch}@{name}+{count}",
            f"{branch}@{name}-{count}",
            f"{branch}@head-{count}",
            f"{branch}@base+{count}",
        ]
    )


# --- tests ---


@pytest.mark.parametrize("seed", SEEDS)
def test_structure(seed: int) -> None:
    history = random_history(random.Random(seed), redundant=True)
    graph, alembic = RevisionGraph(history.revisions), alembic_directory(history).revision_map
    assert graph.heads == alembic.heads
    assert graph.real_heads == alembic._real_heads
    assert graph.bases == alembic.bases
    for name in history.names:
        theirs = alembic.get_revision(name)
        assert theirs is not None
        assert set(graph.branch_labels(name)) == theirs.branch_labels
        assert set(graph.children(name)) == theirs.nextrev
        assert set(graph.required_by(name)) == theirs._all_nextrev
        assert graph.is_branch_point(name) == theirs.is_branch_point
        assert graph.is_merge_point(name) == theirs.is_merge_point


def compared_plans(command: str, seed: int) -> Counter[str]:
    """Compare plans for one history; return how often each intended difference came up."""
    rng = random.Random(seed)
    history = random_history(rng)
    graph, directory = RevisionGraph(history.revisions), alembic_directory(history)
    differences: Counter[str] = Counter()
    for _ in range(12):
        rows, identifier = history.rows(rng), random_identifier(rng, history)
        theirs: list[str] | Exception
        ours: list[str] | Exception
        try:
            theirs = alembic_plan(directory, command, identifier, rows)
        except Exception as error:  # noqa: BLE001 - Alembic lets assertions out
            theirs = error
        try:
            plan = getattr(graph, f"plan_{command}")(identifier, rows)
        except AsyncMigrateError as error:
            ours = error
        else:
            ours = [step.revision.revision for step in plan]
            check_rows(history, directory, command, rows, plan)
        differing = difference_between(theirs, ours)
        if differing is not None:
            differences[differing] += 1
        elif isinstance(ours, list) and history.alembic_order_is_defined:
            assert ours == theirs, (identifier, rows)
    return differences


def check_rows(
    history: History, directory: ScriptDirectory, command: str, rows: frozenset[str], plan: Plan
) -> None:
    """Check the rows after each step against Alembic's, and against what the table is by definition."""
    upgrade = command == "upgrade"
    steps = [
        RevisionStep(directory.revision_map, alembic_revision(directory, step.revision.revision), upgrade)
        for step in plan
    ]
    assert [step.heads_after for step in plan] == alembic_rows(steps, rows)
    assert [step.heads_before for step in plan] == [rows, *(step.heads_after for step in plan)][: len(plan)]
    assert (plan.heads_before, plan.heads_after) == (rows, plan.steps[-1].heads_after if plan else rows)
    check_definition(history, rows, plan, upgrade=upgrade)


def check_definition(history: History, rows: frozenset[str], plan: Plan, *, upgrade: bool) -> None:
    applied = set().union(*(history.ancestors[row] for row in rows))
    for step in plan:
        name = step.revision.revision
        required = history.ancestors[name] - {name}
        if upgrade:
            assert name not in applied
            assert required <= applied
            applied.add(name)
        else:
            applied.remove(name)
            assert all(name not in history.ancestors[other] for other in applied)
        assert step.heads_after == history.maximal(applied)


@pytest.mark.parametrize("command", ["upgrade", "downgrade"])
@pytest.mark.parametrize("seed", SEEDS)
def test_plans(command: str, seed: int) -> None:
    compared_plans(command, seed)


def test_every_intended_difference_comes_up() -> None:
    found: Counter[str] = Counter()
    for command in ("upgrade", "downgrade"):
        for seed in range(600):
            found += compared_plans(command, seed)
    assert set(found) == set(INTENDED)


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_with_redundant_requirements(seed: int) -> None:
    """Where one requirement implies another, Alembic leaves rows behind or fails, so it is not asked."""
    rng = random.Random(seed)
    history = random_history(rng, redundant=True)
    graph = RevisionGraph(history.revisions)
    rows = history.rows(rng)
    up = graph.plan_upgrade("heads", rows)
    check_definition(history, rows, up, upgrade=True)
    check_definition(history, up.heads_after, graph.plan_downgrade("base", up.heads_after), upgrade=False)


def test_redundant_requirement_that_alembic_leaves_in_the_table() -> None:
    history = History(
        [
            Revision(revision="aaaa"),
            Revision(revision="bbbb", down_revisions=("aaaa",)),
            Revision(revision="cccc", down_revisions=("bbbb",), depends_on=("aaaa",)),
            Revision(revision="other"),
        ],
        {},
    )
    directory, rows = alembic_directory(history), frozenset({"cccc", "other"})
    step = RevisionStep(directory.revision_map, alembic_revision(directory, "cccc"), is_upgrade=False)
    assert alembic_rows([step], rows) == [{"aaaa", "bbbb", "other"}]
    plan = RevisionGraph(history.revisions).plan_downgrade("bbbb", rows)
    assert plan.heads_after == {"bbbb", "other"}


@pytest.mark.parametrize("seed", SEEDS)
def test_stamp(seed: int) -> None:
    rng = random.Random(seed)
    history = random_history(rng)
    graph, directory = RevisionGraph(history.revisions), alembic_directory(history)
    for _ in range(12):
        rows, name = history.rows(rng), rng.choice(history.names)
        branch = rng.choice(history.labels + history.names)
        identifier = rng.choice([name, name[:5], "base", f"{branch}@base", branch])
        theirs = directory._stamp_revs((identifier,), tuple(sorted(rows)))
        plan = graph.plan_stamp(identifier, rows)
        after = alembic_rows(theirs, rows)
        assert plan.heads_after == (after[-1] if after else rows), (identifier, rows)
        assert [step.is_upgrade for step in plan] == [step.is_upgrade for step in theirs]
        assert all(step.removed | step.added for step in plan)


@pytest.mark.parametrize("seed", SEEDS)
def test_stamp_from_nothing(seed: int) -> None:
    rng = random.Random(seed)
    history = random_history(rng)
    graph, directory = RevisionGraph(history.revisions), alembic_directory(history)
    targets = sorted(history.maximal(set(rng.sample(history.names, rng.randint(1, len(history.names))))))
    for identifiers in (targets, ["heads"], []):
        theirs = alembic_rows(directory._stamp_revs(tuple(identifiers), ()), frozenset())
        assert graph.plan_stamp(identifiers, ()).heads_after == (theirs[-1] if theirs else frozenset())


@pytest.mark.parametrize("seed", SEEDS)
def test_history(seed: int) -> None:
    rng = random.Random(seed)
    history = random_history(rng)
    graph, directory = RevisionGraph(history.revisions), alembic_directory(history)
    for _ in range(12):
        lower = rng.choice(["base", "base", *history.names])
        upper = rng.choice(["heads", *history.names, *(f"{label}@heads" for label in history.labels)])
        try:
            theirs = [script.revision for script in directory.walk_revisions(lower, upper)]
        except CommandError as error:
            if "overlaps" not in str(error):  # as in INTENDED
                with pytest.raises(UnrelatedRangeError):
                    graph.iterate(upper, lower)
            continue
        except AssertionError:
            # The upper end depends on the lower one without continuing it: Alembic leaves the upper end out,
            # and then fails to begin there.
            assert len(list(graph.iterate(upper, lower))) > 1
            continue
        ours = [revision.revision for revision in graph.iterate(upper, lower)]
        assert sorted(ours) == sorted(theirs), (lower, upper)
        if lower == "base" and history.alembic_order_is_defined:
            assert ours == theirs, (lower, upper)


@pytest.mark.parametrize("seed", range(0, 250, 5))
def test_lines_and_entries(seed: int) -> None:
    rng = random.Random(seed)
    history = random_history(rng)
    graph, directory = RevisionGraph(history.revisions), alembic_directory(history)
    current = history.rows(rng)
    for name in history.names:
        script = alembic_revision(directory, name)
        (entry,) = entries(graph, [graph[name]], current=current)
        script._db_current_indicator = name in current
        for left_out in ("labels", "doc", "parents", "tree", "nothing"):
            flags = {flag: flag != left_out for flag in ("labels", "doc", "parents", "tree")}
            theirs = script.cmd_format(
                verbose=False,
                include_branches=flags["labels"],
                include_doc=flags["doc"],
                include_parents=flags["parents"],
                tree_indicators=flags["tree"],
            )
            assert sorted_names(line(entry, **flags)) == sorted_names(theirs)
        ours = verbose(entry).replace("(effective head)", "(head)")
        facts = [fact for fact in script.log_entry.strip().splitlines() if not fact.startswith("Path: ")]
        assert list(map(sorted_names, ours.splitlines())) == list(map(sorted_names, facts))


def sorted_names(text: str) -> list[str]:
    """Return the words of a line, sorted: Alembic prints sets as they come."""
    return sorted(re.findall(r"[^ ,()]+", text))
