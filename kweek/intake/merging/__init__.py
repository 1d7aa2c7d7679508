"""How do two leads become one, and two again?

- `merge`: a person says so, and it is done; `united`: which word counts; `rows`: what goes along; `ended`: what is
  taken from a desk
- `unmerge`: the way back
"""
