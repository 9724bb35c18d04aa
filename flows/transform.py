"""`transform`: build the marts from what has been synced."""

import logging
from datetime import datetime

from prefect import flow

from tasks.database import Database, open_database
from tasks.dbt import build
from tasks.holidays import load_holidays
from tasks.owners import load_owners
from tasks.settings import Settings, load_settings

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
    logger.info("dbt: %s", build(database, settings))
