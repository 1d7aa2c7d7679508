"""What would become of a lead, or of a hundred thousand? The machine and the gate, run on a clock of our own.

- `memory`: what is known of a lead; `life`: that lead from its start on; `story`: what happened, in words;
  `woven`: with what other flows did in it
- `mix`: which share of them does what; `people`: what a lead, a caller, sales does about it, and when; `sheets`: what
  is answered; `arrivals`: when leads come in; `made_up`: what they bring along
- `walk`: a life with what people will do in it; `crowd`: all of them at once, sharing lives; `alike`: which may be
  shared; `undrawn`: what is drawn when it is asked
- `tally`: what a crowd comes to by the day; `ways`: by which ways; `result`
"""
