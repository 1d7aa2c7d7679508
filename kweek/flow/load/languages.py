"""Is this the code of a language? Those of two letters (ISO 639-1), each with its three-letter ones (ISO 639-2 and -3).

Written out, so that nobody waits for a table to be read. A language that has two letters is written with them.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from kweek.flow.conditions.codes import LANGUAGE

_CODES: Final = """
aa aar, ab abk, ae ave, af afr, ak aka fat twi, am amh, an arg, ar ara arb, as asm, av ava, ay aym ayr, az aze azj,
ba bak, be bel, bg bul, bi bis, bm bam, bn ben, bo bod tib, br bre, bs bos, ca cat, ce che, ch cha, co cos,
cr cre cwd, cs ces cze, cu chu, cv chv, cy cym wel, da dan, de deu ger, dv div, dz adp dzo, ee ewe, el ell gre,
en eng, eo epo, es spa, et ekk est, eu baq eus, fa fas per pes, ff fuc ful, fi fin, fj fij, fo fao, fr fra fre,
fy fry, ga gle, gd gla, gl glg, gn grn gug, gu guj prp, gv glv, ha hau, he heb, hi hin, ho hmo, hr hrv scr, ht hat,
hu hun, hy arm hye, hz her, ia ina, id ind, ie ile, ig ibo, ii iii, ik esk ipk, io ido, is ice isl, it ita,
iu ike iku, ja jpn, jv jav, ka geo kat, kg kng kon, ki kik, kj kua, kk kaz, kl kal, km khm, kn kan, ko kor,
kr kau knc, ks kas, ku kmr kur, kv kom kpv, kw cor, ky kir, la lat, lb ltz, lg lug, li lim, ln lin, lo lao, lt lit,
lu lub, lv lav lvs, mg mlg plt, mh mah, mi mao mri, mk mac mkd, ml mal, mn drh khk mon, mr mar, ms may msa zsm,
mt mlt, my bur mya, na nau, nb nob, nd nde, ne nep npi, ng ndo, nl dut nld, nn nno, no nor, nr nbl, nv nav, ny nya,
oc oci, oj ojg oji, om gaz orm, or ori ory, os oss, pa pan, pi pli, pl pol, ps pbu pus, pt por, qu que quz, rm roh,
rn run, ro mol ron rum, ru rus, rw kin, sa cls san, sc src srd, sd snd, se sme, sg sag, si sin, sk slk slo, sl slv,
sm smo, sn sna, so som, sq alb als sqi, sr scc srp, ss ssw, st sot, su sun, sv swe, sw swa swh, ta tam, te tel,
tg tgk, th tha, ti tir, tk tuk, tn tsn, to ton, tr tur, ts tso, tt tat, tw, ty tah, ug uig, uk ukr, ur urd,
uz uzb uzn, ve ven, vi vie, vo vol, wa wln, wo wol, xh xho, yi ydd yid, yo yor, za zha zyb, zh chi cmn zho, zu zul
"""


def parse_language(text: str) -> str:
    """`nl`, `pt-BR`. Three letters only for a language that has no two."""
    language, _, country = text.partition("-")
    if LANGUAGE.fullmatch(text) and is_language(language):
        return text
    near = meant_language(text)
    fix = f"Did you mean “{near}”?" if near else f"Write its two letters: nl, en, de, fr{', pt-BR' if country else ''}"
    raise ValueError(f"“{text}” is not a language code; {fix}")


def is_language(code: str) -> bool:
    """`nl`; three letters only for a language that has no two."""
    return code in _two() or (len(code) == 3 and code not in _three())


def meant_language(text: str) -> str | None:
    """The code that was meant, where that can be told: three letters for two, capitals, an underscore."""
    language, _, country = text.strip().replace("_", "-").partition("-")
    code = _three().get(language.lower(), language.lower())
    if code not in _two() or (country and not re.fullmatch(r"[A-Za-z]{2}", country)):
        return None
    return f"{code}-{country.upper()}" if country else code


@cache
def _two() -> frozenset[str]:
    return frozenset(words.split()[0] for words in _CODES.split(","))


@cache
def _three() -> dict[str, str]:
    lines = (words.split() for words in _CODES.split(","))
    return {three: two for two, *others in lines for three in others}
