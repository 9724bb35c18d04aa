{{ days_rolled_up('month') }}
