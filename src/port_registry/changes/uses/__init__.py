"""Every use of an entry that `check` can see: found, counted, and changed with the entry."""
