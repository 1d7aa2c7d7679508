"""Does a flow do on a real Temporal server what it does on the pure machine? Its cases, lived once more in earnest.

Temporal's test server skips the time in which nothing happens. Kweek's own worker, workflow and activities run on it,
with a database and a mail server of their own; nothing leaves this process.

- `journey`: what the pure machine lived, to be lived again; `house`: where; `server`: on which clock
- `play`: it happens, and time passes; `compare`: were both the same?
"""
