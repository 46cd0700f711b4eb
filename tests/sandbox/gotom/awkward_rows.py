"""Rows that trip up whoever does not read CSV with care."""

from __future__ import annotations

HEADER = ("Kampagne", "Größe", "Umsatz\nnetto", "2026", "", "größe", 'Typ "A"', "a,b;c")
"""Names with umlauts, a line break and delimiters, one empty, two alike but for their case."""

ROWS = (
    ("plain", "1", "1'234.50", "12.5 %", "", "x", "y", "z"),
    ('say "hello"', '"', '""', 'a"b', '"a', 'a"', '","', '"\n"'),
    ("one\ntwo", "one\r\ntwo", "one\rtwo", "\n", "\r\n", "\n\n", "a\n", "\nb"),
    ("a,b", "a;b", "a\tb", ",", ";", "\t", "a|b", "a, b"),
    (" leading", "trailing ", "  ", "\u00a0", "'", "\\", "\\n", 'back\\"slash'),
    ("Zürich", "Weiß", "Ærø", "€ 5", "naïve", "«Frühling»", "Straße \u2013 Süd", "Ÿ"),
    ("", "", "", "", "", "", "", ""),
    ("=1+1", "-1", "+41 71", "@x", "NULL", "null", "NaN", "0012"),
)
"""Rows of that header, which Windows-1252 can hold as well."""

UNICODE_ROWS = (
    ("日本", "🏔️", "a\u2028b", "a\u2029b", "a\u0085b", "\ufeff", "e\u0301", "שלום"),
    ("a\x0bb", "a\x0cb", "a\x1cb", "a\x1db", "a\x1eb", "\x7f", "\U0001d518", "\u200b"),
)
"""Rows of that header with what only Unicode has, line separators that end no line among them."""
