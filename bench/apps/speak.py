"""What talks without end: `speak.py LINES TOLD`. Says so many numbered lines of 100 bytes, as fast as it can.

It tells the port TOLD (UDP) when it begins and when it has said all; then it sleeps.
"""

import os
import socket
import sys
import time

BLOCK_BYTES = 64 << 10


def main() -> None:
    """Make the lines first: making them is not what is measured."""
    count, told = int(sys.argv[1]), ("127.0.0.1", int(sys.argv[2]))
    text = bytearray()
    for number in range(count):
        text += b"%08d %s\n" % (number, b"x" * 90)
    whole = memoryview(text)
    teller = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    teller.sendto(b"begin", told)
    at = 0
    while at < len(whole):
        at += os.write(1, whole[at : at + BLOCK_BYTES])
    teller.sendto(b"end", told)
    while True:
        time.sleep(1000)


if __name__ == "__main__":
    main()
