"""How is a survey answered, on the web and on the telephone?

- `asking`: which question comes next; `answers`: what was answered; `drafts`: what was filled in before it was sent
- `submit`: what comes of it; `worth`: in points; `withdrawn`: what is taken back
"""
