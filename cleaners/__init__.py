"""Cleaning one document of scraped Chinese text: bytes in, a Document out."""

from cleaners.document import Document, Edit, Flag, undo
from cleaners.options import Options
from cleaners.pipeline import clean

__all__ = ["Document", "Edit", "Flag", "Options", "clean", "undo"]
