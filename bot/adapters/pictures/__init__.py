"""Draws pictures with matplotlib, in a process of its own."""

from bot.adapters.pictures.process import PictureProcess

__all__ = ["PictureProcess"]
