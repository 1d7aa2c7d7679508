"""How do two leads become one, and two again?

- `merge`: a person says so, and it is done; `united`: which word counts; `rows`: what goes along
- `unmerge`: the way back
"""
