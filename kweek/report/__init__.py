"""How is a simulation shown? As one page that needs nothing else: pictures, charts and stories in a single file.

- `page`: the whole of it; `charts`: numbers by the day, drawn; `told`: a story, line by line
- `terminal`: the same in a few lines; `missed`: where nobody came
"""
