"""The invented credentials that the stand-ins accept, and no others."""

TOGGL_API_TOKEN = "demo-toggl-token"  # noqa: S105 - opens nothing but the stand-in
GOOGLE_CLIENT_ID = "demo-client.apps.example.test"
GOOGLE_CLIENT_SECRET = "demo-client-secret"  # noqa: S105 - opens nothing but the stand-in
GOOGLE_REFRESH_TOKEN = "demo-refresh-token"  # noqa: S105 - opens nothing but the stand-in
SUPABASE_SERVICE_ROLE_KEY = "demo-service-role-key"
