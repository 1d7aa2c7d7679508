"""What would become of a lead? The machine and the gate, run on a clock of our own with a make-believe lead.

- `memory`: what is known of it; `life`: that lead from its start on
- `story`: what happened to it, in the words of the flow
"""
