{{ categories_rolled_up('week') }}
