"""What each tap needs to be published: packages that install alone, and a Hub definition."""
