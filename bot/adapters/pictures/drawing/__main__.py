"""Reads a chart as JSON from stdin, and writes it to stdout as PNG.

The process draws a single picture, so it collects no garbage and exits without finalizing the interpreter. Garbage
collection and finalization together would take a fifth of the process's time.
"""

import gc
import os
import sys

if __name__ == "__main__":
    gc.disable()
    from bot.adapters.pictures.drawing.charts import png_of_json

    sys.stdout.buffer.write(png_of_json(sys.stdin.buffer.read()))
    sys.stdout.buffer.flush()
    os._exit(0)
