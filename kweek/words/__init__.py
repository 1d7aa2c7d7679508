"""How does Kweek speak? Its sentences by key, a catalogue for each language, and dates and numbers as it writes them.

A catalogue is a gettext file beside this one, `<language>.po`: each msgid is the key of a sentence, each msgstr the
sentence with its `{values}`; one that counts has `msgid_plural` and the language's own plural forms, chosen by
`{count}`. A language more is a file more. Own words of a workspace are in its files, and the few words inside a mail
in `kweek.mails.words`: a mail is rendered where no file can be opened.

Babel is loaded by whoever speaks first, so that importing this costs nothing.
"""

from kweek.words.own import Own, own_words
from kweek.words.tongue import LANGUAGES, Tongue

__all__ = ["LANGUAGES", "Own", "Tongue", "own_words"]
