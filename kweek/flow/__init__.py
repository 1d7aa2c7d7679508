"""What may happen to a lead, and what does happen? The flow language, from a marketer's file to the next step. Pure.

The way of a flow: `yaml` (a text as a tree with places) → `load` (as a `model`, with every mistake) → `lint` (is it
sound?) → `compile` (a `plan`, every name resolved) → `machine` (what a lead does next) → `gate` (may this mail leave?).

- The language: `words` (events and states), `model`, `conditions`, `duration`, `moment`, `ids` (what a step is called),
  `kebab`, `surveys`, `catalogue` (the rules of a workspace), `origin`
- Running: `plan`, `state` and how it is `stored`, `answers` and `facts` (what the machine may ask), `drive` (advances
  until all is at rest), `world`, `spread`
- What came of it: `rows` (the lines of a flow, by which it is counted), `passed` (steps on which nobody stands)
- Trying: `simulate` (a make-believe lead), `cases` (the tests of a flow)
- In words: `problems` and `meant` (other words for ours) to authors, `waiting` (what a lead waits for) to operators

What is said here is said in frozen `msgspec.Struct`s: a command makes a hundred such classes before it can answer, an
advance changes a dozen, and both are several times quicker than with dataclasses. The parts around are dataclasses.
"""
