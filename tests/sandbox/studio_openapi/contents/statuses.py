"""What customers are to a studio."""

from __future__ import annotations

MEMBER = "MEMBER"
PROSPECT = "PROSPECT"
FORMER_MEMBER = "FORMER_MEMBER"
USUAL_MIX = (*[MEMBER] * 7, *[PROSPECT] * 2, FORMER_MEMBER)
