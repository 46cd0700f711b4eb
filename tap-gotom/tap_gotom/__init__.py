"""Singer tap for goTom: saved reports, lookup lists, rate cards, customers and campaigns."""
