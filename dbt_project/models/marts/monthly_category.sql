{{ categories_rolled_up('month', history=3) }}
