"""Who walks the flows where nobody real is? Make-believe leads and colleagues that use a real house by its own doors.

- `people`: who they are; `openings`: how a lead comes into a flow; `choices`: what could be done next
- `ways`: which rows can be reached from where; `walked`: which were taken, and who is bound for one that was not
- `known`: what is known of everybody; `sheets`, `answers`: what they say, so that it leads where they are bound
- `foresight`, `fits`: can somebody walk a way, and who must it be; `comers`: who comes, and bound for what
- `leads`, `colleagues`: what each of them does, and when; `agenda`, `days`, `play`: the clock that they all live by
- `hands`: so many act at once
- `stage`: what they see and can do; `house`: the real one, over HTTP and by a look into the books
- `rest`, `late`: what can be said of it afterwards
"""
