"""Our own packs: one small module for each kind of project."""
