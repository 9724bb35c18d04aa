{{ categories_rolled_up('month') }}
