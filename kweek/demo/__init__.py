"""Who walks the flows where nobody real is? Make-believe leads and colleagues that use a real house by its own doors.

- `people`: who they are; `openings`: how a lead comes into a flow; `choices`: what could be done next
- `ways`: which of it leads soonest to a row that nobody has taken; `answers`: what is said, so that it leads there
- `stage`: the house as they see it, over HTTP and by a look into the books
- `leads`, `colleagues`: what each of them does, and when; `days`, `play`: the clock that they all live by
- `rest`, `late`: what can be said of it afterwards
"""
