"""Values shared by all floors; standard library only."""
