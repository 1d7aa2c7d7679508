"""What did the author write? The files of a workspace, from trees of texts to models, every mistake at its place.

- `flow`: a flow; its `steps`, their `verbs` and `options`, the `targets` that they lead to
- `misplaced`, `verbless`, `one_slip`: what was meant where a line stands wrong, has no verb, or is one slip away
- `rules`: the files of `rules/`
- `reader`: what every file is asked; `says`: what its texts say
"""
