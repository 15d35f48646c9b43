"""Reads a chart as JSON from stdin, and writes it to stdout as PNG.

The process lives for one picture. So it collects no garbage, and leaves without finalizing the interpreter: together,
these two would take a fifth of its time.
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
