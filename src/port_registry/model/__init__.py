"""The values that every other floor speaks in; standard library only."""
