"""The real engine under a seeded virtual clock, with everything that can go wrong, and what must hold all the while."""
