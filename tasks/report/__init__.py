"""The page of one day: marts become `report.json`, and Typst sets that, and nothing else, as a one-page PDF."""
