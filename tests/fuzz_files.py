"""Break many files of all formats: ``python tests/fuzz_files.py 20000 [seed]``.

Every file has to end in a table, or in a ValueError that names it, within five seconds
of the processor and ten times its own memory beside what libraries take. What does not
is printed with its bytes.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from broken_files import KINDS, PIECES, broken_at, check_read_or_refused

HERE = Path(__file__).parent


def main(count, seed):
    """Break so many files; return how many failed."""
    sys.path += [str(HERE / "features"), str(HERE / "features" / "transcripts")]
    import test_broken_recordings as recordings
    import test_every_format as transcripts

    draw, failed, begun = random.Random(seed), 0, time.monotonic()
    files = [(n, c, transcripts.read) for n, c in sorted(transcripts.ALL.items())]
    files += [(n, c, recordings.read) for n, c in sorted(recordings.FILES.items())]
    for number in range(count):
        name, content, read = draw.choice(files)
        for kind in draw.choices(KINDS, k=draw.randint(1, 3)):
            place = draw.randrange(max(len(content), 1))
            byte, piece = draw.randrange(256), draw.choice(PIECES)
            content = broken_at(content, kind, place, byte, piece)
        try:
            check_read_or_refused(read, name, content)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            failed += 1
            print(f"{name}: {type(error).__name__}: {error}\n{content!r}", flush=True)
        if (number + 1) % 1000 == 0:
            seconds = time.monotonic() - begun
            print(f"{number + 1} files, {failed} failed, {seconds:.0f} s", flush=True)
    return failed


if __name__ == "__main__":
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    sys.exit(main(int(sys.argv[1]), seed) > 0)
