"""The only room that imports Rich."""
