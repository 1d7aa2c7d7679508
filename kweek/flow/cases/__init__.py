"""Does a flow do what its author promises? `flows/tests/<flow>.yaml`: its cases, read, lived through and judged.

- `case`: what a case says; `read`, `read_expect`, `read_facts`, `texts`: from a file to cases
- `run`: lived through by one lead; `crowd`: by a thousand
- `judge`: did it do what was expected? `report`: both, side by side
"""
