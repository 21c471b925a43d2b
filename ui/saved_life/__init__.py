"""The life of a saved tensor: where it was saved, written over, used and freed, as a strip."""

from .life import Deed, Life, Moment, When, lives
from .strip import SavedLives

__all__ = ["Deed", "Life", "Moment", "SavedLives", "When", "lives"]
