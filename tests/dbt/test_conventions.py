"""The project keeps to the 29 rules of dbt-project-evaluator; what it does differently is named here, with the reason.

A rule finds its offenders in dbt's own manifest, so that it holds for every model that is added. An exception that
nobody needs any more fails as well.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

import pytest
from dbt.artifacts.resources.types import AccessType, NodeType
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import GenericTestNode, ModelNode, SourceDefinition

Exceptions = Mapping[str, str]

NONE: Exceptions = {}

# The evaluator's own thresholds.
MOST_LEAVES_OF_A_MODEL = 3
MOST_PARENTS = 6
MOST_VIEWS_IN_A_ROW = 5

# Which prefixes a folder's models have. The marts are plain nouns: their names are a contract with their readers.
PREFIXES = {"staging": ("stg_", "base_"), "core": ("fct_", "dim_", "int_"), "marts": ("",)}

UNUSED_SOURCES: Exceptions = {
    "lifetracer.warehouse_state": "macros read and write it to know whether a build has to be whole",
}
REJOINED: Exceptions = {
    "dim_day -> int_estimated_days -> daily_category": "the one says which days, the other what kind of days they are",
}
MANY_PARENTS: Exceptions = {
    "fct_category_day": "it brings raw, owned and planned time of a day together, three facts and their days",
    "int_event_day": "an event's category is resolved by mappings, rules, projects and calendars, in that order",
    "int_touched": "it reads one; the user's files are named so that nothing is built on ones that are not sound",
}
WITHOUT_KEY: Exceptions = {
    "stg_toggl__time_entries": "fct_time_entry takes its rows under the same key, which is a constraint there",
    "daily_timeline": "it shows the rows of two facts that have keys; Untracked stretches have no source_id",
}
NEVER_STALE: Exceptions = {
    "lifetracer.national_holidays": "no sync writes it; each transform loads it first",
    "lifetracer.warehouse_state": "no sync writes it; a build does at its end",
}


@dataclass(frozen=True)
class Project:
    """The models, sources and exposures of the project, and who reads whom."""

    manifest: Manifest

    @cached_property
    def models(self) -> Mapping[str, ModelNode]:
        """By their unique id."""
        return {node.unique_id: node for node in self.manifest.nodes.values() if isinstance(node, ModelNode)}

    @cached_property
    def sources(self) -> Mapping[str, SourceDefinition]:
        """By their unique id."""
        return self.manifest.sources

    @cached_property
    def readers(self) -> Mapping[str, frozenset[str]]:
        """The models that read a model, a seed or a source directly, by its id."""
        found: dict[str, set[str]] = {}
        for reader, model in self.models.items():
            for parent in model.depends_on.nodes:
                found.setdefault(parent, set()).add(reader)
        return {parent: frozenset(readers) for parent, readers in found.items()}

    def layer(self, unique_id: str) -> str:
        """The folder that a model stands in; empty for what is no model."""
        return self.models[unique_id].fqn[1] if unique_id in self.models else ""

    def parents(self, unique_id: str) -> list[str]:
        """What a model reads directly."""
        return list(self.models[unique_id].depends_on.nodes)

    def sources_of(self, unique_id: str) -> list[str]:
        """The sources among them."""
        return [parent for parent in self.parents(unique_id) if parent in self.sources]

    def exposed(self) -> Iterator[ModelNode]:
        """The models that exposures stand on."""
        ids = {parent for exposure in self.manifest.exposures.values() for parent in exposure.depends_on.nodes}
        return (self.models[unique_id] for unique_id in sorted(ids))

    def views_up_to(self, unique_id: str) -> int:
        """How many views a query passes, one reading the next, to get from a model to a table."""
        if unique_id not in self.models or self.models[unique_id].config.materialized != "view":
            return 0
        return 1 + max((self.views_up_to(parent) for parent in self.parents(unique_id)), default=0)


@pytest.fixture(scope="module")
def project(manifest: Manifest) -> Project:
    """The project, with its questions."""
    return Project(manifest)


def only(exceptions: Exceptions, offenders: Iterable[str]) -> bool:
    """Whether the rule is broken where we say that it is, and nowhere else."""
    unexpected, unneeded = set(offenders) - set(exceptions), set(exceptions) - set(offenders)
    assert not unexpected, f"against the rule: {sorted(unexpected)}"
    assert not unneeded, f"no longer an exception: {sorted(unneeded)}"
    return True


def name_of(unique_id: str) -> str:
    """What a node is called; a source with its source's name."""
    return unique_id.split(".", 2)[2]


# Modelling


def test_staging_does_not_read_staging(project: Project) -> None:
    """What two of them share is a base model."""
    offenders = {
        model.name
        for unique_id, model in project.models.items()
        if model.name.startswith("stg_")
        and any(name_of(parent).startswith("stg_") for parent in project.parents(unique_id))
    }
    assert only(NONE, offenders)


def test_staging_does_not_read_what_is_built_on_it(project: Project) -> None:
    offenders = {
        model.name
        for unique_id, model in project.models.items()
        if project.layer(unique_id) == "staging"
        and any(project.layer(parent) in {"core", "marts"} for parent in project.parents(unique_id))
    }
    assert only(NONE, offenders)


def test_a_source_has_one_reader(project: Project) -> None:
    assert only(NONE, {name_of(source) for source in project.sources if len(project.readers.get(source, ())) > 1})


def test_every_source_is_read(project: Project) -> None:
    assert only(UNUSED_SOURCES, {name_of(source) for source in project.sources if source not in project.readers})


def test_only_staging_reads_sources(project: Project) -> None:
    offenders = {name_of(model) for model in project.models if project.sources_of(model)}
    assert only(NONE, {name for name in offenders if not name.startswith(PREFIXES["staging"])})


def test_a_model_reads_one_source_at_most_and_joins_it_to_nothing(project: Project) -> None:
    offenders = {
        name_of(model) for model in project.models if project.sources_of(model) and len(project.parents(model)) > 1
    }
    assert only(NONE, offenders)


def test_no_two_sources_are_the_same_table(project: Project) -> None:
    relations = [str(source.relation_name) for source in project.sources.values()]
    assert sorted(relations) == sorted(set(relations))


def test_no_sql_names_a_relation_past_ref_and_source(manifest: Manifest) -> None:
    relations = [*manifest.nodes.values(), *manifest.sources.values()]
    a_schema = re.compile(rf"\b({'|'.join(sorted({relation.schema for relation in relations}))})\b\W?\.\W?\w")
    sql = {node.name: re.sub("--.*", "", node.raw_code) for node in manifest.nodes.values() if node.language == "sql"}
    assert {"fct_time_owned", "ended_days_add_up"} <= set(sql)
    assert only(NONE, {name for name, code in sql.items() if a_schema.search(code)})


def test_every_model_reads_something(project: Project) -> None:
    assert only(NONE, {name_of(model) for model in project.models if not project.parents(model)})


def test_what_was_joined_already_is_not_joined_again(project: Project) -> None:
    """A reads into B and C, and B into C alone: then B could give C what it wants of A."""
    offenders = {
        f"{name_of(upper)} -> {name_of(middle)} -> {name_of(lower)}"
        for upper, readers in project.readers.items()
        for middle in readers
        for lower in project.readers.get(middle, ())
        if lower in readers and len(project.readers[middle]) == 1
    }
    assert only(REJOINED, offenders)


def test_few_ends_hang_on_one_model(project: Project) -> None:
    """Many ends on one model: logic that should be above them is below, many times."""
    offenders = {
        name_of(model)
        for model in project.models
        if sum(reader not in project.readers for reader in project.readers.get(model, ())) > MOST_LEAVES_OF_A_MODEL
        and project.layer(model) != "marts"
    }
    assert only(NONE, offenders)


def test_a_model_joins_few_others(project: Project) -> None:
    assert only(MANY_PARENTS, {name_of(it) for it in project.models if len(project.parents(it)) > MOST_PARENTS})


def test_marts_stand_on_core(project: Project) -> None:
    """And on the user's own files; views on marts only, so that their readers need nothing else."""
    offenders = {
        name_of(model)
        for model in project.models
        if project.layer(model) == "marts" and project.models[model].config.materialized == "view"
        if {project.layer(parent) for parent in project.parents(model)} != {"marts"}
    }
    assert only(NONE, offenders)


# Tests


def test_every_model_has_its_key_checked(project: Project) -> None:
    """By a constraint or a test. Views of the marts show rows of keyed tables; tests of their own prove their grain."""
    keyed = {
        test.attached_node
        for test in project.manifest.nodes.values()
        if isinstance(test, GenericTestNode) and test.test_metadata.name in {"is_key", "unique"}
    }
    keyed |= {
        unique_id
        for unique_id, model in project.models.items()
        if any(constraint.type == "primary_key" for constraint in model.constraints)
        or (project.layer(unique_id) == "marts" and model.config.materialized == "view")
    }
    assert only(WITHOUT_KEY, {name_of(model) for model in set(project.models) - keyed})


def test_every_model_is_tested(project: Project) -> None:
    tests = [node for node in project.manifest.nodes.values() if node.resource_type == NodeType.Test]
    tested = {parent for test in [*tests, *project.manifest.unit_tests.values()] for parent in test.depends_on.nodes}
    enforced = {unique_id for unique_id, model in project.models.items() if model.config.contract.enforced}
    assert only(NONE, {name_of(model) for model in set(project.models) - tested - enforced})


def test_every_source_says_when_it_is_stale(project: Project) -> None:
    offenders = {
        name_of(unique_id)
        for unique_id, source in project.sources.items()
        if not source.freshness or not source.freshness.warn_after or not source.loaded_at_query
    }
    assert only(NEVER_STALE, offenders)


# Documentation


def test_every_model_and_every_column_is_described(manifest: Manifest) -> None:
    described = [node for node in manifest.nodes.values() if node.resource_type in {NodeType.Model, NodeType.Seed}]
    silent = [node.name for node in described if not node.description or not node.columns]
    silent += [
        f"{node.name}.{name}" for node in described for name, column in node.columns.items() if not column.description
    ]
    assert only(NONE, silent)


def test_every_source_and_every_table_of_it_is_described(project: Project) -> None:
    tables = project.sources.items()
    assert only(NONE, {name_of(it) for it, table in tables if not table.description or not table.source_description})


# Structure


def test_a_model_is_called_by_its_layer(project: Project) -> None:
    assert {project.layer(model) for model in project.models} == set(PREFIXES)
    offenders = {
        model.name
        for unique_id, model in project.models.items()
        if not model.name.startswith(PREFIXES[project.layer(unique_id)])
    }
    assert only(NONE, offenders)


def test_a_model_stands_in_its_schema_and_its_description_beside_it(project: Project) -> None:
    offenders = {
        model.name
        for unique_id, model in project.models.items()
        if model.schema != project.layer(unique_id)
        or str(model.patch_path).partition("://")[2] != str(PurePosixPath(model.original_file_path).with_suffix(".yml"))
    }
    assert only(NONE, offenders)


def test_staging_has_a_folder_for_each_source_and_the_source_is_described_there(project: Project) -> None:
    offenders = {
        name_of(unique_id)
        for unique_id, source in project.sources.items()
        if source.original_file_path != f"models/staging/{source.source_name}/__sources.yml"
    }
    folders = {source.source_name for source in project.sources.values()}
    offenders |= {
        model.name
        for unique_id, model in project.models.items()
        if project.layer(unique_id) == "staging"
        and (model.fqn[2] not in folders or f"_{model.fqn[2]}__" not in model.name)
    }
    assert only(NONE, offenders)


# Performance


def test_few_views_stand_on_one_another(project: Project) -> None:
    assert only(NONE, {name_of(it) for it in project.models if project.views_up_to(it) > MOST_VIEWS_IN_A_ROW})


def test_exposures_stand_on_tables(project: Project) -> None:
    """Or on a view of the marts, which reads indexed tables of the marts and nothing else."""
    offenders = {
        model.name
        for model in project.exposed()
        if model.config.materialized == "view" and project.layer(model.unique_id) != "marts"
    }
    assert only(NONE, offenders)


# Governance


def test_the_marts_are_public_and_nothing_else_is(project: Project) -> None:
    public = {unique_id for unique_id, model in project.models.items() if model.access == AccessType.Public}
    assert public == {model for model in project.models if project.layer(model) == "marts"}


def test_exposures_stand_on_public_models(project: Project) -> None:
    assert only(NONE, {model.name for model in project.exposed() if model.access != AccessType.Public})


def test_every_model_of_core_and_marts_has_an_enforced_contract(project: Project) -> None:
    """Public models have to; those of core, on which they stand, have one too."""
    offenders = {
        model.name
        for unique_id, model in project.models.items()
        if project.layer(unique_id) != "staging" and not model.config.contract.enforced
    }
    assert only(NONE, offenders)
