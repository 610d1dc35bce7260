"""hang-up.py SECONDS|TEXT PROGRAM [ARGUMENT...]: runs a program on a terminal that hangs up after some time or words.

Prints how the program ended, as a shell would say it.
"""

import os
import pty
import select
import sys
import time

try:
    ends_at, words = time.monotonic() + float(sys.argv[1]), None
except ValueError:
    ends_at, words = time.monotonic() + 60, sys.argv[1].encode()
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
printed = b""
while (left := ends_at - time.monotonic()) > 0 and not (words and words in printed):
    if select.select([terminal], [], [], left)[0]:
        try:
            printed += os.read(terminal, 65536)
        except OSError:  # The program has ended.
            break
os.close(terminal)
_, status = os.waitpid(child, 0)
code = os.waitstatus_to_exitcode(status)
print(128 - code if code < 0 else code)
