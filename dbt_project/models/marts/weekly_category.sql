{{ categories_rolled_up('week', history=4) }}
