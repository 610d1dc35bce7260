"""hang-up.py SECONDS PROGRAM [ARGUMENT...]: runs a program on a terminal that hangs up after some time.

Prints how the program ended, as a shell would say it.
"""

import os
import pty
import select
import sys
import time

ends_at = time.monotonic() + float(sys.argv[1])
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
while (left := ends_at - time.monotonic()) > 0:
    if select.select([terminal], [], [], left)[0]:
        try:
            os.read(terminal, 65536)
        except OSError:  # The program has ended.
            break
os.close(terminal)
_, status = os.waitpid(child, 0)
code = os.waitstatus_to_exitcode(status)
print(128 - code if code < 0 else code)
