"""Reads a picture as JSON from stdin, and writes it to stdout as PNG."""

import sys

from pydantic import TypeAdapter

from bot.adapters.pictures.drawing.calendar import png_of
from bot.model import Calendar

if __name__ == "__main__":
    sys.stdout.buffer.write(png_of(TypeAdapter(Calendar).validate_json(sys.stdin.buffer.read())))
