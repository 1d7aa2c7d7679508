"""How is everybody? One look at each part, in words, with what to do where something is wrong."""
