"""What did the author write? The files of a workspace, from trees of texts to models, every mistake at its place.

- `flow`: a flow; its `steps`, their `verbs`, the `targets` that they lead to
- `rules`: the files of `rules/`
- `reader`: what every file is asked
"""
