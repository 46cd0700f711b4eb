"""What a studio holds: each module invents one part of it, related to the others by ids."""
