"""Singer tap for App-Arena: apps, templates, projects, their settings and texts, customers."""
