{{ days_rolled_up('week') }}
