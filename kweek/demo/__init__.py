"""Who walks the flows where nobody real is? Make-believe leads and colleagues that use a real house by its own doors.

- `people`: who they are; `openings`: how a lead comes into a flow; `choices`: what could be done next
- `stage`: the house as they see it, over HTTP and by a look into the books
- `leads`, `colleagues`: what each of them does, and when; `play`: the clock that they all live by
"""
