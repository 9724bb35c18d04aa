"""`transform`: build the marts from what has been synced."""

import logging
from datetime import datetime

from prefect import flow
from prefect.artifacts import create_markdown_artifact

from tasks.database import Database, open_database
from tasks.dbt import DbtSummary, build, document
from tasks.errors import TransformError
from tasks.holidays import load_holidays
from tasks.owners import load_owners
from tasks.settings import Settings, load_settings
from tasks.warehouse import warehouse_in_markdown

logger = logging.getLogger(__name__)


@flow(name="transform")
def transform() -> None:
    """Build and test every dbt model; each one is a task run of its own."""
    settings = load_settings()
    with open_database(settings) as database:
        build_marts(database, settings)


def build_marts(database: Database, settings: Settings) -> None:
    """Load the holidays and the owners, then run dbt; raises TransformError when a model or a test fails."""
    with database.connect() as connection:
        load_holidays(connection, settings.lifetracer_country, datetime.now(settings.zone).date())
        load_owners(connection, settings.webhook_allowed_emails)
    logger.info("dbt: building and testing the marts")
    summary = build(database, settings)
    logger.info("dbt: %s", summary)
    publish_warehouse(database, settings, summary)


def publish_warehouse(database: Database, settings: Settings, summary: DbtSummary) -> None:
    """Leave with the run what the warehouse holds and where its manual is; a run does not fail for want of a manual."""
    manual = None
    try:
        manual = document(database, settings)
    except (TransformError, OSError) as error:
        logger.warning("The warehouse's manual could not be renewed: %s", error)
    with database.connect() as connection:
        markdown = warehouse_in_markdown(connection, summary, manual, settings.zone)
    create_markdown_artifact(key="warehouse", markdown=markdown, description="What the warehouse holds")
