"""How does a file of people become leads? Read, understood, tried, taken in, and taken back.

- `csv_file`, `letters`, `records`, `stored_file`: what stands in it; `said`: what is said of one that cannot be read
- `headings`, `columns`, `column_words`, `cells`: which column is which field, and what its cells mean
- `asked`, `how`: what somebody asks for, and the way to take it in that comes of it; `file_row`: who is in a row
- `known`: what is known already, and what a row would change; `whose`: an id that is somebody else's; `trying`: told
  before; `refused`: which rows, and why
- `taking`: rows into the books; `newcomers`, `together`: of many at once; `enrolling`: into a flow, at a rate
- `undoing`: it is taken back; `since`: what happened to a lead meanwhile
"""
