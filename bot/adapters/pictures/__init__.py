"""Draws pictures with matplotlib, in a process of its own."""

from bot.adapters.pictures.process import PictureProcess, picture_process

__all__ = ["PictureProcess", "picture_process"]
