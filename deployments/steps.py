"""Steps that `prefect.yaml` runs while deploying."""

from tasks.settings import PROJECT_ROOT, load_settings


def this_checkout() -> dict[str, str]:
    """Give the `folder` that runs start in and the user's `zone`, from the environment or `infra/.env`."""
    return {"folder": str(PROJECT_ROOT), "zone": load_settings().lifetracer_timezone}
