"""The desktop side of SleepSync: simulate a night, read it, show it."""
